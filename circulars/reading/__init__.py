"""Extraction of an official letter's fields from a file.

This package uses neither Django nor the database. Its result is a proposal that a person reviews.
"""

from circulars.reading.letter import ReadLetter
from circulars.reading.parser import parse_lines
from circulars.reading.source.extract import UnreadableFile, extract_lines
from circulars.reading.source.kind import FileKind, fitting_name, kind_of

__all__ = ["FileKind", "ReadLetter", "UnreadableFile", "fitting_name", "kind_of", "read_letter"]


def read_letter(content: bytes, filename: str = "") -> ReadLetter:
    """Read the first letter in a TXT, PDF or DOCX file.

    Raises `UnreadableFile` if no text can be extracted. For a text that is not a letter or is garbled by
    character recognition, the result has `readable=False` and no field but the grade of secrecy, so that
    classified letters can be refused.
    """
    extracted = extract_lines(content, filename)
    return parse_lines(extracted.lines, placed=extracted.placed, source_text=extracted.text)
