"""Long tables as PDF, laid out in parts so that memory use does not grow with their rows."""

import gc
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby, islice
from pathlib import Path
from typing import IO, cast

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import get_language
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, TextStringObject
from weasyprint import CSS, HTML
from weasyprint.logger import PROGRESS_LOGGER
from weasyprint.text.fonts import FontConfiguration

from agencies.directory.tabular.spreadsheet import temporary_file
from distribution.services.prepare_file import Progress

CELLS_AT_ONCE = 2000
"""Cells of a part. Its layout takes about 20 KB for each."""

FOOTER_SIZE, FOOTER_RIGHT, FOOTER_BOTTOM, DIGIT = 8, 42.5, 18.5, 4.45
"""Size, distance from the edges, and width of a digit of the page numbers, in points."""


@dataclass(frozen=True)
class Section:
    """A table with what stands above it. Each row is a `<tr>`."""

    above: str
    head: str
    rows: Iterable[str]


@dataclass(frozen=True)
class _Row:
    section: Section
    html: str
    is_first: bool


def pdf_in_parts(
    sections: Iterable[Section],
    *,
    title: str,
    footing: str,
    stylesheet: str,
    columns: int,
    count: int,
    progress: Progress,
) -> IO[bytes]:
    """The sections one after the other, in the active language, as PDF in a temporary file.

    `footing` stands at the bottom of each page beside its number. `progress` is called at each step of the layout.
    A document of one part is tagged. The next part begins with the rows of the last page, which isn't full.
    """
    fonts = FontConfiguration()
    styles = [
        CSS(string=_font_faces(), font_config=fonts),
        CSS(filename=_static(stylesheet), font_config=fonts),
    ]
    remaining, waiting, done = _rows(sections), list[_Row](), 0
    progress = _never_back(progress)
    writer = PdfWriter()
    while True:
        waiting.extend(islice(remaining, max(CELLS_AT_ONCE // columns - len(waiting), 1)))
        following = list(islice(remaining, 1))
        html = render_to_string(
            "distribution/files/part.html",
            {"title": title, "footing": footing, "language": get_language(), "body": _body(waiting)},
        )
        with _telling(progress, done, len(waiting), max(count, done + len(waiting) + 1)):
            document = HTML(string=html).render(stylesheets=styles, font_config=fonts)
            placed = _rows_on_full_pages([page.anchors for page in document.pages]) if following else 0
            if placed:
                document = document.copy(document.pages[:-1])
            part = BytesIO()
            document.write_pdf(part, pdf_tags=not done and not following)
        if done:
            writer.append(part, import_outline=False)
        else:
            writer.clone_document_from_reader(PdfReader(part))
        del document
        gc.collect()
        done += placed or len(waiting)
        waiting = [*(waiting[placed:] if placed else []), *following]
        if not waiting:
            return _numbered(writer, title)


def _never_back(progress: Progress) -> Progress:
    """The same, with the highest number so far: rows that begin the next part are laid out once more."""
    highest = 0

    def told(percent: int) -> None:
        nonlocal highest
        highest = max(highest, percent)
        progress(highest)

    return told


def _rows(sections: Iterable[Section]) -> Iterator[_Row]:
    for section in sections:
        is_first = True
        for row in section.rows:
            yield _Row(section, row, is_first)
            is_first = False
        if is_first:
            yield _Row(section, "", is_first)


def _body(rows: Sequence[_Row]) -> str:
    """The rows in their tables; each has its place as anchor."""
    numbered, parts = enumerate(rows), []
    for _section, among in groupby(numbered, key=lambda each: id(each[1].section)):
        (number, first), *others = among
        lines = [(number, first), *others]
        cells = "".join(row.html.replace("<tr", f'<tr id="r{place}"', 1) for place, row in lines)
        above = first.section.above if first.is_first else ""
        parts.append(f"{above}<table>{first.section.head}<tbody>{cells}</tbody></table>" if cells else above)
    return "".join(parts)


def _rows_on_full_pages(anchors: Sequence[dict[str, object]]) -> int:
    """How many rows stand on the pages before the last one; 0 if there is no such page.

    Also 0 if a single row begins on the page before: it may be longer than that page and end on the last one.
    The anchors are emptied: nothing in the document leads to them.
    """
    begun = [[int(name[1:]) for name in each if name[0] == "r"] for each in anchors]
    for each in anchors:
        each.clear()
    return min(begun[-1], default=0) if len(begun) > 1 and len(begun[-2]) > 1 else 0


def _numbered(writer: PdfWriter, title: str) -> IO[bytes]:
    """Write the number of each page on it, and how many there are, and the document to a temporary file."""
    font = writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
    )
    before = StreamObject()
    before.set_data(b"q\n")
    begin = writer._add_object(before)
    for number, page in enumerate(writer.pages, start=1):
        after = StreamObject()
        after.set_data(_page_number(page, f"{number}/{len(writer.pages)}"))
        content = page["/Contents"].get_object()
        own = list(content) if isinstance(content, ArrayObject) else [page.raw_get("/Contents")]
        page[NameObject("/Contents")] = ArrayObject([begin, *own, writer._add_object(after)])
        resources = cast(DictionaryObject, page["/Resources"].get_object())
        named = DictionaryObject(
            cast(DictionaryObject, resources.get("/Font", DictionaryObject()).get_object())
        )
        named[NameObject("/PageNumber")] = font
        resources[NameObject("/Font")] = named
    writer.add_metadata({"/Title": title})
    writer.root_object[NameObject("/Lang")] = TextStringObject(get_language() or "")
    with temporary_file() as file:
        writer.write(file)
    return file


def _page_number(page: PageObject, text: str) -> bytes:
    left = float(page.mediabox.width) - FOOTER_RIGHT - len(text) * DIGIT
    place = f"{left:.1f} {FOOTER_BOTTOM} Td ({text}) Tj"
    return f"\nQ /Artifact BMC q BT /PageNumber {FOOTER_SIZE} Tf {place} ET Q EMC\n".encode()


@contextmanager
def _telling(progress: Progress, done: int, rows: int, count: int) -> Iterator[None]:
    """Call `progress` whenever WeasyPrint logs a step in this thread. What it raises ends the rendering."""
    handler, level = (
        _Steps(lambda part: progress(int(100 * (done + part * rows) / count))),
        PROGRESS_LOGGER.level,
    )
    PROGRESS_LOGGER.addHandler(handler)
    PROGRESS_LOGGER.setLevel(logging.INFO)
    PROGRESS_LOGGER.propagate = False
    try:
        yield
    finally:
        PROGRESS_LOGGER.removeHandler(handler)
        PROGRESS_LOGGER.setLevel(level)
        PROGRESS_LOGGER.propagate = True


STEPS = 7
"""WeasyPrint names each of its steps in its log, and each page in the step of the layout."""


class _Steps(logging.Handler):
    """Takes the lines of WeasyPrint's log of progress."""

    def __init__(self, progress: Callable[[float], None]) -> None:
        super().__init__(logging.INFO)
        self._progress, self._thread = progress, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Pass the step on as part of the whole."""
        words = record.getMessage()
        if words.startswith("Step ") and record.thread == self._thread:
            self._progress(int(words[5]) / (STEPS + 1))


def _font_faces() -> str:
    """Font faces embedded from files, so that the document doesn't depend on installed fonts."""
    return "\n".join(
        f'@font-face {{ font-family: "Report {script}"; font-weight: {weight};'
        f' src: url("{Path(_static(f"inter/inter-{script}-{weight}-normal.woff2")).as_uri()}"); }}'
        for script in ("latin", "latin-ext")
        for weight in (400, 600)
    )


def _static(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(f"the static file {name} is missing")
    return path
