"""Read a CSV or XLSX file as rows of strings, as a stream."""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Generator
from contextlib import closing
from datetime import date, datetime
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from agencies.directory.spreadsheet import unquoted

PIECE = 64 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_COLUMNS = 100
DELIMITERS = ";\t,"
LONGEST_CELL = 2000
"""Longer cells are truncated to this many characters, still too long for any column, so they are refused."""


class UnreadableTable(Exception):
    """The file can't be read as a table; the message says why and how to fix it."""


def read_table(file: IO[bytes]) -> Generator[list[str], None, None]:
    """Every row with its cells stripped. Empty rows are included, so that row numbers match the file."""
    start = file.read(4)
    file.seek(0)
    with closing(_xlsx_rows(file) if start.startswith(b"PK") else _csv_rows(file)) as rows:
        for row in rows:
            yield [
                unquoted(" ".join(cell.replace("\0", "")[:LONGEST_CELL].split()))
                for cell in row[:MOST_COLUMNS]
            ]


def estimate_rows(file: IO[bytes]) -> int:
    """Estimated number of rows, for the progress bar."""
    start = file.read(4)
    file.seek(0)
    if not start.startswith(b"PK"):
        lines = sum(piece.count(b"\n") for piece in iter(lambda: file.read(PIECE), b""))
        file.seek(0)
        return lines
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(
                each.file_size for each in archive.infolist() if each.filename.startswith("xl/worksheets/")
            )
    except (zipfile.BadZipFile, OSError):
        size = 0
    file.seek(0)
    return size // 900


def _csv_rows(file: IO[bytes]) -> Generator[list[str], None, None]:
    text = io.TextIOWrapper(file, encoding=_encoding(file), newline="")
    try:
        heading = text.readline()
        text.seek(0)
        if not heading.strip("\ufeff\r\n\t ;,"):
            raise UnreadableTable(_("The first row is empty. It has to name the columns."))
        delimiter = max(DELIMITERS, key=heading.count)
        yield from csv.reader(text, delimiter=delimiter)
    except csv.Error as error:
        raise UnreadableTable(
            _("The file is no table: %(reason)s. Save it as CSV or XLSX and upload it again.")
            % {"reason": error}
        ) from error
    except UnicodeError as error:
        raise UnreadableTable(
            _("The file holds characters that can't be read. Save it as CSV in UTF-8 and upload it again.")
        ) from error
    finally:
        text.detach()


def _encoding(file: IO[bytes]) -> str:
    """The encoding by byte order mark, else UTF-8 if the whole file is valid UTF-8, else Windows-1254."""
    start = file.read(4)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in iter(lambda: file.read(PIECE), b""):
            if b"\0" in piece:
                raise UnreadableTable(
                    _(
                        "The file is neither CSV nor XLSX. Save the table in one of these forms and upload it again."
                    )
                )
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1254"
    finally:
        file.seek(0)
    return "utf-8-sig"


def _xlsx_rows(file: IO[bytes]) -> Generator[list[str], None, None]:
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED:
                raise UnreadableTable(_("The file is too large once unpacked. Split it, or save it as CSV."))
        file.seek(0)
        workbook = load_workbook(file, read_only=True, data_only=True)
        try:
            if not workbook.worksheets:
                raise UnreadableTable(_("The file has no sheet with a table."))
            sheet = workbook.worksheets[0]
            sheet.reset_dimensions()
            for row in sheet.iter_rows(values_only=True):
                yield [_text(value) for value in row]
        finally:
            workbook.close()
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        ParseError,
        KeyError,
        ValueError,
        TypeError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        zlib.error,
    ) as error:
        raise UnreadableTable(
            _("The file is damaged or no XLSX file. Save it anew as XLSX or CSV and upload it again.")
        ) from error


def _text(value: Any) -> str:
    """A workbook cell as text: dates as gg.aa.yyyy, whole numbers without decimals."""
    match value:
        case None:
            return ""
        case bool():
            return "evet" if value else "hayır"
        case datetime() | date():
            return value.strftime("%d.%m.%Y")
        case float() if value.is_integer():
            return str(int(value))
    return str(value)
