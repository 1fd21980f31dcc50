"""Extract text from PDF, keeping the page's columns with spaces."""

import io
from dataclasses import dataclass
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect

from circulars.reading.progress import told_pages
from circulars.reading.source.errors import UnreadableFile
from circulars.reading.source.inflation import check_inflation
from circulars.reading.source.places import Placed
from circulars.reading.text.folding import fold

MAX_PAGES = 100

_POINTS_PER_COLUMN = 3.0
_LAST_COLUMN = 400
_SAME_LINE = 3.0
_WIDE_GAP = 1.6
_SAME_EDGE = 1.5
_NEW_BLOCK = 1.6
_FEW_LETTERS = 20
_UNMAPPED = "(cid:"


@dataclass(frozen=True)
class _Word:
    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float


_Row = tuple[str, list[_Word]]


def pdf_text(content: bytes) -> tuple[str, list[Placed]]:
    """The text of the first `MAX_PAGES` pages, separated by form feeds, and the position of each word."""
    check_inflation(content)
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            pages = [_page_rows(page) for page in told_pages(pdf.pages[:MAX_PAGES])]
    except Exception as error:
        if _is_about_a_password(error):
            raise UnreadableFile("encrypted", "The PDF is protected with a password.") from error
        raise UnreadableFile("damaged", "The PDF is damaged and cannot be read.") from error
    text = "\n\f\n".join("\n".join(line for line, _ in rows) for rows in pages)
    _check_letters(text)
    return text, _placed(pages)


def _placed(pages: list[list[_Row]]) -> list[Placed]:
    placed: list[Placed] = []
    number = 0
    for page, rows in enumerate(pages, start=1):
        for _, words in rows or [("", [])]:
            number += 1
            placed += [
                Placed(word.text, number, page, (word.left, word.top, word.right, word.bottom))
                for word in words
            ]
        number += 1
    return placed


def _page_rows(page: Any) -> list[_Row]:
    """The lines of a page with their words. The page is closed at once to bound memory use."""
    rows = _rendered(_words(page))
    page.close()
    return rows


def _is_about_a_password(error: BaseException) -> bool:
    causes = [error, error.__cause__, error.__context__, *error.args]
    return any(isinstance(cause, PDFPasswordIncorrect | PDFEncryptionError) for cause in causes)


def _check_letters(text: str) -> None:
    unmapped = text.count(_UNMAPPED)
    letters = sum(c.isalpha() for c in text)
    if letters < _FEW_LETTERS or unmapped * len(_UNMAPPED) > 0.3 * letters:
        raise UnreadableFile("no_text_layer", "The PDF is a picture without a text layer.")


def _words(page: Any) -> list[_Word]:
    if _is_struck_twice(page.chars):
        page = page.dedupe_chars()
    found = page.extract_words(x_tolerance_ratio=0.15, extra_attrs=["upright"])
    return [
        _Word(
            w["text"],
            float(w["x0"]),
            float(w["x1"]),
            float(w["top"]),
            float(w["bottom"]),
            float(w["bottom"]) - float(w["top"]),
        )
        for w in found
        if w["upright"]
    ]


def _is_struck_twice(chars: list[dict[str, Any]]) -> bool:
    """Whether bold type is imitated by printing each letter twice with a small offset."""
    places = {(c["text"], round(c["x0"] / 2), round(c["top"] / 2)) for c in chars}
    return len(places) < len(chars)


def _rendered(words: list[_Word]) -> list[_Row]:
    lines: list[_Row] = []
    edges: list[float] = []
    previous: float | None = None
    for row in _rows(words):
        bottom, size = row[0].bottom, max(word.size for word in row)
        if previous is not None and bottom - previous > _NEW_BLOCK * size:
            lines.append(("", []))
        previous = bottom
        lines.append((_render(row, edges), row))
        edges = _column_edges(row) or edges
    return lines


def _rows(words: list[_Word]) -> list[list[_Word]]:
    rows: list[list[_Word]] = []
    for word in sorted(words, key=lambda w: (w.bottom, w.left)):
        if rows and abs(rows[-1][0].bottom - word.bottom) <= _SAME_LINE:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda w: w.left) for row in rows]


def _column_edges(row: list[_Word]) -> list[float]:
    """Left edge of the right column, if the row holds the headings Gereği and Bilgi (Y 19/1)."""
    heads = [word for word in row if fold(word.text).strip(" :") in {"geregi", "bilgi"}]
    return [heads[1].left] if len(heads) == 2 else []


def _render(row: list[_Word], edges: list[float]) -> str:
    """Join words with one space; after a wide gap or at a column's edge, pad to the word's own column."""
    line = ""
    edge: float | None = None
    for word in row:
        if edge is None:
            line = " " * _column(word)
        elif word.left - edge > _WIDE_GAP * word.size or any(
            abs(word.left - column) <= _SAME_EDGE for column in edges
        ):
            line = line.ljust(max(len(line) + 3, _column(word)))
        else:
            line += " "
        line += word.text
        edge = word.right
    return line


def _column(word: _Word) -> int:
    """The text column of a word, bounded because a damaged file may place words far off the page."""
    return min(max(0, round(word.left / _POINTS_PER_COLUMN)), _LAST_COLUMN)
