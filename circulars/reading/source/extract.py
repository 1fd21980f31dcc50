"""The pages of a file as lines of cells, whatever its kind.

The kind is detected from the first bytes, not from the name. No exception but `UnreadableFile` is
raised, whatever the content.
"""

from __future__ import annotations

from dataclasses import dataclass

from circulars.reading.source.docx_text import docx_pages
from circulars.reading.source.errors import UnreadableFile
from circulars.reading.source.kind import FileKind, kind_of
from circulars.reading.source.office import CONVERTED, as_docx, can_convert
from circulars.reading.source.opc.correspondence import PackageData, open_package
from circulars.reading.source.page import Pages, Unread
from circulars.reading.source.pdf_text import pdf_pages
from circulars.reading.source.places import Placed
from circulars.reading.source.plain.decoding import decode
from circulars.reading.source.plain.pages import text_pages
from circulars.reading.source.programs import ProgramNeeded
from circulars.reading.text.cleaning import clean_lines, numbered_lines, source_lines

__all__ = ["MAX_BYTES", "ExtractedText", "UnreadableFile", "extract_lines"]

MAX_BYTES = 50 * 1024 * 1024
"""Maximum file size in bytes."""

MAX_CHARACTERS = 2_000_000
"""Maximum number of characters of a text that are parsed, far beyond the longest letter with its list pages. What
follows is named as unread."""


@dataclass(frozen=True)
class ExtractedText:
    """What a file holds.

    `pages` are its lines of cells. `text` is the raw text, or that of the pages. `lines` are its cleaned lines (`\f`
    is a page break), and `placed` its words with their positions. `metadata` is what an e-Yazışma package says of its
    letter.
    """

    text: str
    lines: list[str]
    placed: list[Placed]
    pages: Pages
    metadata: PackageData | None = None


@dataclass(frozen=True)
class _Programs:
    """Whether other programs are called, and whether the reading stops where one would be."""

    are_called: bool
    stop_reading: bool


def extract_lines(
    content: bytes, filename: str = "", *, with_programs: bool = True, stops_for_programs: bool = False
) -> ExtractedText:
    """The content of a TXT, PDF, DOCX or EYP file; the name is used in messages only. Raises UnreadableFile.

    `with_programs`: whether Tesseract and LibreOffice may be called for what can't be read otherwise; it takes seconds.
    With `stops_for_programs` ProgramNeeded is raised where one that is installed would be called.
    """
    try:
        _check_size(content)
        return _extracted(content, _Programs(with_programs, stops_for_programs))
    except UnreadableFile:
        raise
    except Exception as error:
        name = filename or "The file"
        raise UnreadableFile("damaged", f"{name} is damaged and cannot be read.") from error


def _check_size(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise UnreadableFile("too_large", f"The file is larger than {MAX_BYTES // 1024 // 1024} MB.")
    if not content.strip(b" \t\r\n\x0b\x0c\x00\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile("empty", "The file is empty.")


def _extracted(content: bytes, programs: _Programs) -> ExtractedText:
    kind = kind_of(content)
    if kind == FileKind.PACKAGE:
        return _of_package(content, programs)
    if kind == FileKind.TEXT:
        return _of_text(content)
    if kind in CONVERTED and programs.stop_reading and can_convert():
        raise ProgramNeeded("program_needed", "The file has to be converted by LibreOffice.", kind=kind)
    if kind in CONVERTED and programs.are_called:
        converted = as_docx(content, kind)
        if converted is not None:
            content, kind = converted, FileKind.DOCX
    return _of_pages(_pages(content, kind, programs))


def _of_package(content: bytes, programs: _Programs) -> ExtractedText:
    letter, metadata = open_package(content)
    if kind_of(letter) == FileKind.PACKAGE:
        raise UnreadableFile("damaged", "The e-Yazışma package holds another package in place of its letter.")
    inner = _extracted(letter, programs)
    return ExtractedText(inner.text, inner.lines, inner.placed, inner.pages, metadata)


def _of_text(content: bytes) -> ExtractedText:
    text = decode(content)
    if text is None:
        raise _no_letter(FileKind.UNKNOWN)
    if not text.strip():
        raise UnreadableFile("empty", "The file is empty.")
    parsed = text[:MAX_CHARACTERS]
    placed = [
        Placed(word, number)
        for number, line in enumerate(source_lines(parsed), start=1)
        for word in line.split()
    ]
    numbered = numbered_lines(parsed)
    pages = text_pages(numbered)
    if len(text) > MAX_CHARACTERS:
        pages.unread.append(Unread(pages.lines[-1].page if pages.lines else 1, "too_long"))
    return ExtractedText(text, [line for _, line in numbered], placed, pages)


def _pages(content: bytes, kind: FileKind, programs: _Programs) -> Pages:
    if kind == FileKind.PDF:
        return pdf_pages(content, with_programs=programs.are_called, stops_for_programs=programs.stop_reading)
    if kind == FileKind.ENCRYPTED:
        raise UnreadableFile("encrypted", "The file is protected with a password.")
    if kind == FileKind.DOCX:
        return docx_pages(content)
    raise _no_letter(kind)


def _of_pages(pages: Pages) -> ExtractedText:
    text = pages.text()
    return ExtractedText(text, clean_lines(text[:MAX_CHARACTERS]), pages.placed(), pages)


def _no_letter(kind: FileKind) -> UnreadableFile:
    if kind in CONVERTED:
        words = "A file of this kind is not read here. Save it as DOCX or PDF."
    else:
        words = "The file is neither a text, nor a PDF, nor a DOCX file, nor an e-Yazışma package."
    return UnreadableFile("not_a_letter_file", words, kind=kind)
