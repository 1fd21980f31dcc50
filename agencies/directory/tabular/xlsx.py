"""Workbooks as XLSX, written row by row so that memory use does not grow with their number."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.http import FileResponse
from django.utils import timezone
from xlsxwriter import Workbook

from agencies.directory.tabular.spreadsheet import (
    NOT_IN_XML,
    Sheet,
    safe_name,
    sheet_title,
    temporary_file,
    with_widths,
)

LONGEST_TEXT = 32767
"""Characters of a cell that Excel takes."""

DAY_ZERO, DAY_SECONDS = datetime(1899, 12, 30), 86_400
"""Excel stores a moment as days since then."""


def xlsx_response(rows: Iterable[Sequence[Any]], name: str, title: str) -> FileResponse:
    """A workbook of one sheet as a download; see `xlsx_file`."""
    file = xlsx_file([Sheet(title, rows)])
    return FileResponse(file, as_attachment=True, filename=f"{safe_name(name)}.xlsx")


def xlsx_file(sheets: Iterable[Sheet]) -> IO[bytes]:
    """A workbook in a temporary file: a bold header that stays in sight and filters, numbers and dates as such.

    Text stays text, also where it begins like a formula or looks like a number.
    """
    with temporary_file() as file, Workbook(file, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        zone = timezone.get_current_timezone()
        for each in sheets:
            sheet = book.add_worksheet(sheet_title(each.title))
            head, widths, rows = with_widths(each.rows)
            for column, (heading, width) in enumerate(zip(head, widths, strict=True)):
                sheet.set_column(column, column, width)
                sheet.write_string(0, column, heading, bold)
            number, write_string, write_number = 0, sheet.write_string, sheet.write_number
            for number, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    if value is None or value == "":
                        continue
                    if isinstance(value, str):
                        text = value if value.isprintable() else NOT_IN_XML.sub("", value)
                        write_string(number, column, text[:LONGEST_TEXT])
                    elif isinstance(value, datetime):
                        local = value.astimezone(zone).replace(tzinfo=None)
                        write_number(number, column, (local - DAY_ZERO).total_seconds() / DAY_SECONDS, moment)
                    elif isinstance(value, date):
                        write_number(number, column, value.toordinal() - DAY_ZERO.toordinal(), day)
                    elif isinstance(value, int | float | Decimal):
                        write_number(number, column, value)
                    else:
                        write_string(number, column, NOT_IN_XML.sub("", str(value))[:LONGEST_TEXT])
            sheet.freeze_panes(1, 0)
            if head:
                sheet.autofilter(0, 0, number, len(head) - 1)
    return file
