"""A list as CSV or XLSX, row by row, so that a long one fills neither the memory nor the time of a request."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from tempfile import TemporaryFile
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 2000
COLUMN_WIDTH = 22

Maker = Callable[[Any], Any]
ExportColumn = tuple[Any, str, Maker]
"""The heading, the name of the queryset's value, and what is made of it."""


def export_or_none(
    request: HttpRequest, queryset: QuerySet[Any, Any], columns: Sequence[ExportColumn], name: str
) -> HttpResponseBase | None:
    """The whole queryset as a file if the address asks for it by `_export=csv` or `_export=xlsx`."""
    safe_name = "".join(char if char.isalnum() or char in "-_" else "-" for char in name)
    match request.GET.get("_export"):
        case "csv":
            return _csv(_rows(queryset, columns), safe_name)
        case "xlsx":
            return _xlsx(_rows(queryset, columns), safe_name)
    return None


def as_is(value: Any) -> Any:
    """The value itself."""
    return value


def choice(choices: Iterable[tuple[str, Any]]) -> Maker:
    """What a stored choice is called, in the language in use when it is asked."""
    labels = dict(choices)
    return lambda value: str(labels.get(value, value))


def _rows(queryset: QuerySet[Any, Any], columns: Sequence[ExportColumn]) -> Iterator[list[Any]]:
    """The headings, then the values of each row. Rows come from a server-side cursor in chunks."""
    yield [str(heading) for heading, _name, _maker in columns]
    makers = [maker for _heading, _name, maker in columns]
    found = queryset.values_list(*[name for _heading, name, _maker in columns])
    for values in found.iterator(chunk_size=CHUNK):
        yield [maker(value) for maker, value in zip(makers, values, strict=True)]


def _csv(rows: Iterable[list[Any]], name: str) -> StreamingHttpResponse:
    """UTF-8 with a byte order mark and semicolons, which is what a Turkish Excel opens rightly."""
    writer = csv.writer(_Echo(), delimiter=";")
    lines = (writer.writerow([_quoted(_text(value)) for value in row]) for row in rows)
    response = StreamingHttpResponse(_with_mark(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _xlsx(rows: Iterator[list[Any]], name: str) -> FileResponse:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(_("Outstanding"))
    head = [WriteOnlyCell(sheet, value=title) for title in next(rows)]
    for number, cell in enumerate(head, start=1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = COLUMN_WIDTH
    sheet.append(head)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = TemporaryFile(suffix=".xlsx")  # noqa: SIM115 the response closes it
    workbook.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")


def _cell(sheet: Any, value: Any) -> Any:
    """The value as a spreadsheet keeps it: numbers, days and moments (local time) as such, the rest as text."""
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
    """A text that a spreadsheet would run when it opens the CSV is quoted; a phone number isn't one."""
    is_number = text.lstrip("+-").replace(" ", "").isdigit()
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not is_number else text


def _with_mark(lines: Iterator[str]) -> Iterator[str]:
    yield "\ufeff"
    yield from lines


class _Echo:
    """A file that gives back what is written, for csv.writer."""

    def write(self, text: str) -> str:
        return text
