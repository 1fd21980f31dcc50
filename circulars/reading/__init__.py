"""Extraction of an official letter's fields from a file.

This package uses neither Django nor the database. Its result is a proposal that a person reviews.
"""

import dataclasses

from circulars.reading.letter import ReadLetter
from circulars.reading.parser import parse_pages
from circulars.reading.source.extract import UnreadableFile, extract_lines
from circulars.reading.source.kind import FileKind, fitting_name, kind_of
from circulars.reading.source.opc.correspondence import PackageData, cover_letter, package_data
from circulars.reading.source.programs import ProgramNeeded

__all__ = [
    "FileKind",
    "PackageData",
    "ProgramNeeded",
    "ReadLetter",
    "UnreadableFile",
    "cover_letter",
    "fitting_name",
    "kind_of",
    "package_data",
    "read_letter",
]


def read_letter(content: bytes, filename: str = "", *, with_programs: bool = True) -> ReadLetter:
    """Read the first letter in a TXT, PDF or DOCX file, or the cover letter of an e-Yazışma package.

    Raises `UnreadableFile` if no text can be extracted. For a text that is not a letter or is garbled by
    character recognition, the result has `readable=False` and no field but the grade of secrecy, so that
    classified letters can be refused; a package's own grade counts where the letter prints none.
    Without `with_programs` raises `ProgramNeeded` where Tesseract or LibreOffice would be called.
    """
    extracted = extract_lines(content, filename, stops_for_programs=not with_programs)
    letter = parse_pages(extracted.pages, placed=extracted.placed, source_text=extracted.text)
    if extracted.metadata is None:
        return letter
    return dataclasses.replace(
        letter,
        secrecy=letter.secrecy or extracted.metadata.secrecy or None,
        changed_parts=extracted.metadata.differing,
    )
