"""Pages of a text: cells parted by three or more blanks."""

import re

from circulars.reading.source.page import Cell, Line, Pages
from circulars.reading.text.cleaning import PAGE_BREAK, numbered_lines

_CELL = re.compile(r"\S+(?: {1,2}\S+)*")


def text_pages(text: str) -> Pages:
    """The cleaned lines of the text, numbered as in the source; a form feed begins a page."""
    lines: list[Line] = []
    page = 1
    for number, line in numbered_lines(text):
        if line == PAGE_BREAK:
            page += 1
        else:
            cells = tuple(Cell(match.group(), match.start()) for match in _CELL.finditer(line))
            lines.append(Line(number, cells, page))
    return Pages(lines)
