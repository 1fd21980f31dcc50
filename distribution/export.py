"""A table as CSV or XLSX, row by row, so that a long list doesn't fill the memory."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import Any

import django_tables2 as tables
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.formats import date_format
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 2000
EMPTY = "—"


def export_or_none(request: HttpRequest, table: tables.Table, name: str) -> HttpResponseBase | None:
    """The whole table as a file if the address asks for it by `_export=csv` or `_export=xlsx`."""
    table.order_by = request.GET.get("sort") or table.order_by
    safe_name = "".join(char if char.isalnum() or char in "-_" else "-" for char in name)
    match request.GET.get("_export"):
        case "csv":
            return _csv(table, safe_name)
        case "xlsx":
            return _xlsx(table, safe_name)
    return None


def _csv(table: tables.Table, name: str) -> StreamingHttpResponse:
    """UTF-8 with a byte order mark and semicolons, which is what a Turkish Excel opens rightly."""
    writer = csv.writer(_Echo(), delimiter=";")
    lines = (writer.writerow([_text(value) for value in row]) for row in _rows(table))
    response = StreamingHttpResponse(_with_mark(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _xlsx(table: tables.Table, name: str) -> FileResponse:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    rows = _rows(table)
    head = []
    for title in next(rows):
        cell = WriteOnlyCell(sheet, value=_text(title))
        cell.font = Font(bold=True)
        head.append(cell)
    sheet.append(head)
    for row in rows:
        sheet.append([_cell(value) for value in row])
    file = TemporaryFile(suffix=".xlsx")  # noqa: SIM115 the response closes it
    workbook.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")


def _rows(table: tables.Table) -> Iterator[list[Any]]:
    """The head, then each row's values. Rows come from a server-side cursor in chunks."""
    columns = [
        column
        for column in table.columns.iterall()
        if column.visible and not column.column.exclude_from_export
    ]
    yield [column.header for column in columns]
    for record in table.data.data.iterator(chunk_size=CHUNK):
        row = tables.rows.BoundRow(record, table=table)
        yield [row.get_cell_value(column.name) for column in columns]


def _cell(value: Any) -> Any:
    """The value as a spreadsheet keeps it: numbers and moments (local time) as such, the rest as text."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return value if isinstance(value, (int, float)) else _text(value)


def _text(value: Any) -> str:
    """The value as a cell; a text that a spreadsheet would run as a formula is quoted."""
    if value is None or value == EMPTY:
        return ""
    if isinstance(value, (date, datetime)):
        return date_format(value, "DATETIME_FORMAT" if isinstance(value, datetime) else "DATE_FORMAT")
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _with_mark(lines: Iterator[str]) -> Iterator[str]:
    yield "\ufeff"
    yield from lines


class _Echo:
    """A file that gives back what is written, for csv.writer."""

    def write(self, text: str) -> str:
        return text
