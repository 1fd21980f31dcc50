"""Export of lists as CSV or XLSX, streamed row by row."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from agencies.directory.spreadsheet import csv_response, xlsx_response

CHUNK = 2000

Maker = Callable[[Any], Any]
ExportColumn = tuple[Any, str, Maker]
"""Heading, name of the value in the queryset, and its conversion."""


def export_or_none(
    request: HttpRequest,
    queryset: QuerySet[Any, Any],
    columns: Sequence[ExportColumn],
    name: str,
    *,
    title: str,
) -> HttpResponseBase | None:
    """The whole queryset as a file if the request has `_export=csv` or `_export=xlsx`, otherwise None.

    `name` is the file name without extension, `title` the name of the sheet.
    """
    match request.GET.get("_export"):
        case "csv":
            return csv_response(_rows(queryset, columns), name)
        case "xlsx":
            return xlsx_response(_rows(queryset, columns), name, title)
    return None


def as_is(value: Any) -> Any:
    """The value unchanged."""
    return value


def choice(choices: Iterable[tuple[str, Any]]) -> Maker:
    """The label of a choice, in the language active when it is called."""
    labels = dict(choices)
    return lambda value: str(labels.get(value, value))


def _rows(queryset: QuerySet[Any, Any], columns: Sequence[ExportColumn]) -> Iterator[list[Any]]:
    """Headings, then the values of each row, read in chunks from a server-side cursor."""
    yield [str(heading) for heading, _name, _maker in columns]
    makers = [maker for _heading, _name, maker in columns]
    found = queryset.values_list(*[name for _heading, name, _maker in columns])
    for values in found.iterator(chunk_size=CHUNK):
        yield [maker(value) for maker, value in zip(makers, values, strict=True)]
