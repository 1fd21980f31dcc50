"""From the model of a page (`source.page`) to lines of text."""

from circulars.reading.source.page import Line, Pages
from circulars.reading.text.cleaning import PAGE_BREAK, clean_lines

_GAP = 3


def drawn(pages: Pages) -> list[str]:
    """The clean text of the pages, each cell at its column, with page breaks between pages.

    Where a cell would be pushed to the right by a long one before it, all columns are twice as wide.
    """
    scale = 2 if any(map(_is_crowded, pages.lines)) else 1
    result: list[str] = []
    page, texts = pages.lines[0].page if pages.lines else 1, list[str]()
    for line in pages.lines:
        if line.page != page:
            result += [*_clean(texts), PAGE_BREAK]
            page, texts = line.page, []
        texts.append(_drawn(line, scale))
    return result + _clean(texts)


def _clean(texts: list[str]) -> list[str]:
    return clean_lines("\n".join(texts)) if texts else []


def _is_crowded(line: Line) -> bool:
    end = -_GAP
    for cell in line.cells:
        if cell.column < end + _GAP:
            return True
        end = cell.column + len(cell.text)
    return False


def _drawn(line: Line, scale: int) -> str:
    text = ""
    for cell in line.cells:
        text = text.ljust(max(cell.column * scale, len(text) + _GAP if text else 0)) + cell.text
    return text
