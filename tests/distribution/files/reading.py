"""Reads exported files back: the rows of each form, as text."""

import csv
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from openpyxl import load_workbook
from pypdf import PdfReader

OASIS = "{urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TABLE, TEXT = (f"{OASIS}{name}:1.0}}" for name in ("office", "table", "text"))


def rows_of(content: bytes, form: str, sheet: int = 0) -> list[list[str]]:
    """The rows of a sheet, the headings first; dates as a Turkish spreadsheet shows them."""
    if form == "csv":
        assert content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";"))
    if form == "xlsx":
        found = load_workbook(BytesIO(content)).worksheets[sheet]
        return [[_xlsx_text(cell) for cell in row] for row in found.iter_rows()]
    return [[_ods_text(cell) for cell in row.iter(f"{TABLE}table-cell")] for row in ods_rows(content, sheet)]


def ods_rows(content: bytes, sheet: int = 0) -> list[Any]:
    """The row elements of a sheet."""
    with ZipFile(BytesIO(content)) as package:
        assert package.namelist()[0] == "mimetype"
        for name in package.namelist()[1:]:
            ElementTree.fromstring(package.read(name))
        document = ElementTree.fromstring(package.read("content.xml"))
    return list(list(document.iter(f"{TABLE}table"))[sheet].iter(f"{TABLE}table-row"))


def pdf_text(content: bytes) -> str:
    """The text of all pages, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def _xlsx_text(cell: Any) -> str:
    return _text(cell.value)[:10] if cell.number_format == "dd.mm.yyyy" else _text(cell.value)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%d.%m.%Y %H:%M")
    return "" if value is None else str(value)


def _ods_text(cell: Any) -> str:
    kind = cell.get(f"{OFFICE}value-type")
    if kind == "date":
        moment = cell.get(f"{OFFICE}date-value")
        return _text(datetime.fromisoformat(moment))[: 16 if "T" in moment else 10]
    if kind == "float":
        return str(cell.get(f"{OFFICE}value"))
    return "\n".join(each.text or "" for each in cell.iter(f"{TEXT}p"))
