"""Rows as CSV or XLSX, streamed so that memory use does not grow with their number."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
COLUMN_WIDTH = 22
LONGEST_TITLE, FORBIDDEN_IN_TITLES = 31, "[]:*?/\\"


def csv_response(rows: Iterable[list[Any]], name: str) -> StreamingHttpResponse:
    """UTF-8 with a byte order mark and semicolons, as a Turkish Excel expects."""
    writer = csv.writer(_Echo(), delimiter=";")
    lines = (writer.writerow([_quoted(_text(value)) for value in row]) for row in rows)
    response = StreamingHttpResponse(_with_mark(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{safe_name(name)}.csv"'
    return response


def xlsx_response(rows: Iterator[list[Any]], name: str, title: str) -> FileResponse:
    """The workbook as a download; see `xlsx_file`."""
    return FileResponse(xlsx_file(rows, title), as_attachment=True, filename=f"{safe_name(name)}.xlsx")


def xlsx_file(rows: Iterator[list[Any]], title: str) -> IO[bytes]:
    """A workbook with one sheet of that title (see `sheet_title`); the first row is a bold header."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(sheet_title(title))
    head = [WriteOnlyCell(sheet, value=title) for title in next(rows)]
    for number, cell in enumerate(head, start=1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = COLUMN_WIDTH
    sheet.append(head)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = TemporaryFile(suffix=".xlsx")  # noqa: SIM115 the caller closes it
    workbook.save(file)
    file.seek(0)
    return file


def sheet_title(title: str) -> str:
    """The title as Excel takes it: at most 31 characters, none of []:*?/\\, no apostrophe at either end."""
    return "".join(" " if char in FORBIDDEN_IN_TITLES else char for char in title)[:LONGEST_TITLE].strip(" '")


def unquoted(text: str) -> str:
    """Undo `_quoted` for text read from an exported CSV."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def safe_name(name: str) -> str:
    """The name with nothing but letters, digits, hyphens and underscores."""
    return "".join(char if char.isalnum() or char in "-_" else "-" for char in name)


def _cell(sheet: Any, value: Any) -> Any:
    """The cell for a value: numbers, dates and local date-times keep their type, anything else becomes text."""
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=timezone.localtime(value).replace(tzinfo=None))
        cell.number_format = "dd.mm.yyyy hh:mm"
        return cell
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=datetime.combine(value, time()))
        cell.number_format = "dd.mm.yyyy"
        return cell
    if value is None or isinstance(value, (int, float)):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    if not text.startswith("="):
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else str(value)


def _quoted(text: str) -> str:
    """Quote text that a spreadsheet would evaluate as a formula; phone numbers are left as they are."""
    is_number = text.lstrip("+-").replace(" ", "").isdigit()
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not is_number else text


def _with_mark(lines: Iterator[str]) -> Iterator[str]:
    yield "\ufeff"
    yield from lines


class _Echo:
    """Pseudo-file for csv.writer whose `write` returns the text."""

    def write(self, text: str) -> str:
        return text
