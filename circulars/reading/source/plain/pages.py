"""Pages of a text: cells parted by three or more blanks."""

import re

from circulars.reading.source.page import Cell, Line, Pages
from circulars.reading.text.cleaning import PAGE_BREAK

_CELL = re.compile(r"\S+(?: {1,2}\S+)*")


def text_pages(numbered: list[tuple[int, str]]) -> Pages:
    """The pages of cleaned lines with their numbers in the source; a form feed begins a page."""
    lines: list[Line] = []
    page = 1
    for number, line in numbered:
        if line == PAGE_BREAK:
            page += 1
        else:
            cells = tuple(Cell(match.group(), match.start()) for match in _CELL.finditer(line))
            lines.append(Line(number, cells, page))
    return Pages(lines)
