"""Extract lines of text from a file, keeping the page's columns with spaces.

The file type is detected from the first bytes, not from the name. No exception but `UnreadableFile` is
raised, whatever the content.
"""

from dataclasses import dataclass

from circulars.reading.source.decoding import decode
from circulars.reading.source.docx_text import docx_text
from circulars.reading.source.errors import UnreadableFile
from circulars.reading.source.kind import FileKind, kind_of
from circulars.reading.source.pdf_text import pdf_text
from circulars.reading.source.places import Placed
from circulars.reading.text.cleaning import clean_lines, source_lines

__all__ = ["MAX_BYTES", "ExtractedText", "UnreadableFile", "extract_lines"]

MAX_BYTES = 50 * 1024 * 1024
"""Maximum file size in bytes."""

MAX_CHARACTERS = 2_000_000
"""Maximum number of characters parsed, far beyond the longest letter with its list pages."""


@dataclass(frozen=True)
class ExtractedText:
    """The raw text, its cleaned lines (`\\f` is a page break), and the positions of its words."""

    text: str
    lines: list[str]
    placed: list[Placed]


def extract_lines(content: bytes, filename: str = "") -> ExtractedText:
    """The text of a TXT, PDF or DOCX file; the name is used in messages only. Raises UnreadableFile."""
    try:
        _check_size(content)
        kind = kind_of(content)
        if kind == FileKind.PDF:
            text, placed = pdf_text(content)
        else:
            text = _text_of(content, kind)
            placed = [
                Placed(word, number)
                for number, line in enumerate(source_lines(text[:MAX_CHARACTERS]), start=1)
                for word in line.split()
            ]
        return ExtractedText(text, clean_lines(text[:MAX_CHARACTERS]), placed)
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


def _text_of(content: bytes, kind: FileKind) -> str:
    if kind == FileKind.ENCRYPTED:
        raise UnreadableFile("encrypted", "The file is protected with a password.")
    if kind == FileKind.DOCX:
        return docx_text(content)
    text = decode(content) if kind == FileKind.TEXT else None
    if text is None:
        found = FileKind.UNKNOWN if kind == FileKind.TEXT else kind
        words = "The file is neither a text, nor a PDF, nor a DOCX file."
        raise UnreadableFile("not_a_letter_file", words, kind=found)
    if not text.strip():
        raise UnreadableFile("empty", "The file is empty.")
    return text
