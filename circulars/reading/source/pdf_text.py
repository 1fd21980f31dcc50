"""The pages of a PDF as lines of cells."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect

from circulars.reading.progress import tell_page, told_pages
from circulars.reading.source.errors import UnreadableFile
from circulars.reading.source.page import Cell, Line, Pages, Unread
from circulars.reading.source.pdf.columns import cells_of
from circulars.reading.source.pdf.fields import field_glyphs
from circulars.reading.source.pdf.glyphs import UNMAPPED, Drawn, TooMuch, drawn_on
from circulars.reading.source.pdf.inflation import check_inflation, too_large
from circulars.reading.source.pdf.recognition import SECONDS_IN_ALL, can_recognise, recognised_rows
from circulars.reading.source.pdf.ruled import numbering, ruled_cells
from circulars.reading.source.pdf.words import Word, rows_of
from circulars.reading.source.programs import ProgramNeeded
from circulars.reading.text.cleaning import clean_text

MAX_PAGES = 200

_NEW_BLOCK = 1.6
_FEW_LETTERS = 20
_STAMPED_LETTERS = 400
_MOST_UNMAPPED = 0.3
_MUCH_OF_PAGE = 0.2
_MOST_OF_PAGE = 0.6
_OUTLINES = 150
_MOST_HEAVY = 5


@dataclass
class _Page:
    """One page on its way: its rows of cells (an empty one is a blank line), what could not be read of it."""

    number: int
    rows: list[tuple[Cell, ...]]
    unread: list[Unread]
    letters: int
    is_picture: bool
    recognised: bool = False


def pdf_pages(content: bytes, *, with_programs: bool = True, stops_for_programs: bool = False) -> Pages:
    """The first `MAX_PAGES` pages. Pages without text are recognised if `with_programs` and Tesseract is there.

    Raises UnreadableFile: damaged, encrypted, too_large, and no_text_layer if no page gave a text. With
    `stops_for_programs` raises ProgramNeeded instead of calling Tesseract.
    """
    check_inflation(content)
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            count = len(pdf.pages)
            pages = _read_all(pdf.pages[:MAX_PAGES])
    except UnreadableFile:
        raise
    except Exception as error:
        if _is_about_a_password(error):
            raise UnreadableFile("encrypted", "The PDF is protected with a password.") from error
        raise UnreadableFile("damaged", "The PDF is damaged and cannot be read.") from error
    if stops_for_programs and any(page.is_picture for page in pages) and can_recognise():
        raise ProgramNeeded("program_needed", "The PDF has pages that Tesseract has to read.")
    if with_programs and not stops_for_programs:
        _recognise(content, pages)
    if sum(page.letters for page in pages) < _FEW_LETTERS:
        raise UnreadableFile("no_text_layer", _why_no_text(pages))
    if count > MAX_PAGES:
        pages[-1].unread.append(Unread(MAX_PAGES + 1, "too_many_pages"))
    return _joined(pages)


def _why_no_text(pages: list[_Page]) -> str:
    if any(page.is_picture for page in pages) and not can_recognise():
        return (
            "The PDF is a picture without a text layer, and Tesseract, which would read it, is not installed."
        )
    return "The PDF is a picture without a text layer."


def _is_about_a_password(error: BaseException) -> bool:
    causes = [error, error.__cause__, error.__context__, *error.args]
    return any(isinstance(cause, PDFPasswordIncorrect | PDFEncryptionError) for cause in causes)


def _read_all(pages: list[Any]) -> list[_Page]:
    read: list[_Page] = []
    heavy = 0
    for page in told_pages(pages):
        try:
            read.append(_page(page))
        except TooMuch as error:
            heavy += 1
            if heavy > _MOST_HEAVY:
                raise too_large() from error
            read.append(
                _Page(page.page_number, [], [Unread(page.page_number, "picture")], 0, is_picture=False)
            )
        finally:
            page.close()
    return read


def _page(page: Any) -> _Page:
    drawn = drawn_on(page)
    fields = field_glyphs(page, drawn)
    if fields:
        drawn.upright.setdefault(0, []).extend(fields)
    cells = ruled_cells(drawn.rules)
    rows: list[tuple[Cell, ...]] = []
    for glyphs in sorted(drawn.upright.values(), key=len, reverse=True):
        for words in rows_of(glyphs):
            rows += [()] if rows and words else []
            rows += _with_blank_lines(words, cells_of(words, numbering(cells, page.page_number * 100_000)))
    return _judged(page.page_number, rows, drawn)


def _judged(number: int, rows: list[tuple[Cell, ...]], drawn: Drawn) -> _Page:
    text = "".join(cell.text for row in rows for cell in row)
    unmapped = text.count(UNMAPPED) + text.count("\ufffd")
    letters = sum(c.isalpha() for c in text)
    covered = drawn.covered()
    unread = [Unread(number, "angle", drawn.slanted)] if drawn.slanted else []
    if unmapped:
        unread.append(Unread(number, "unknown_letters"))
    lost = unmapped * len(UNMAPPED) > _MOST_UNMAPPED * max(letters, 1)
    stamped = letters < _STAMPED_LETTERS and covered >= _MOST_OF_PAGE and not drawn.text_layer
    outlined = letters < _FEW_LETTERS and drawn.curves >= _OUTLINES
    empty = letters < _FEW_LETTERS and covered >= _MUCH_OF_PAGE
    is_picture = lost or stamped or outlined or empty
    if is_picture or (not drawn.text_layer and _has_picture_apart(rows, drawn)):
        unread.append(Unread(number, "picture"))
    return _Page(number, rows, unread, 0 if lost else letters, is_picture, drawn.text_layer)


def _has_picture_apart(rows: list[tuple[Cell, ...]], drawn: Drawn) -> bool:
    """Whether a picture covers much of the page, with hardly a word printed on it (else it is a background)."""
    for box in drawn.pictures:
        if (box[2] - box[0]) * (box[3] - box[1]) < _MUCH_OF_PAGE * drawn.width * drawn.height:
            continue
        within = sum(
            cell.box is not None
            and box[0] <= (cell.box[0] + cell.box[2]) / 2 <= box[2]
            and box[1] <= (cell.box[1] + cell.box[3]) / 2 <= box[3]
            for row in rows
            for cell in row
        )
        if within < 5:
            return True
    return False


def _recognise(content: bytes, pages: list[_Page]) -> None:
    """Replace the rows of pages that are pictures by those that Tesseract reads."""
    pictures = [page for page in pages if page.is_picture]
    if not pictures or not can_recognise():
        return
    end = monotonic() + SECONDS_IN_ALL
    for page in pictures:
        if monotonic() > end:
            break
        tell_page(page.number, len(pages), recognised=True)
        found = recognised_rows(content, page.number)
        letters = sum(c.isalpha() for row in found or [] for word in row for c in word.text)
        if not found or letters < max(page.letters, _FEW_LETTERS):
            continue
        page.rows = _with_blank_lines(found, cells_of(found, lambda _: None))
        page.letters, page.recognised, page.is_picture = letters, True, False
        page.unread = [each for each in page.unread if each.reason not in {"picture", "unknown_letters"}]


def _with_blank_lines(rows: list[list[Word]], cells: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    lines: list[tuple[Cell, ...]] = []
    previous: float | None = None
    for row, row_cells in zip(rows, cells, strict=True):
        bottom, size = row[0].bottom, max(word.size for word in row)
        if previous is not None and bottom - previous > _NEW_BLOCK * size:
            lines.append(())
        previous = bottom
        lines.append(row_cells)
    return lines


def _joined(pages: list[_Page]) -> Pages:
    lines: list[Line] = []
    number = 0
    for page in pages:
        for row in page.rows or [()]:
            number += 1
            cells = tuple(replace(cell, text=clean_text(cell.text)) for cell in row)
            lines.append(Line(number, tuple(cell for cell in cells if cell.text), page.number))
        number += 1
    unread = [each for page in pages for each in page.unread]
    return Pages(lines, unread, frozenset(page.number for page in pages if page.recognised))
