"""A list as CSV or XLSX, row by row, so that a long one fills neither the memory nor the time of a request."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from agencies.directory.spreadsheet import csv_response, xlsx_response

CHUNK = 2000

Maker = Callable[[Any], Any]
ExportColumn = tuple[Any, str, Maker]
"""The heading, the name of the queryset's value, and what is made of it."""


def export_or_none(
    request: HttpRequest,
    queryset: QuerySet[Any, Any],
    columns: Sequence[ExportColumn],
    name: str,
    *,
    title: str,
) -> HttpResponseBase | None:
    """The whole queryset as a file if the address asks for it by `_export=csv` or `_export=xlsx`.

    `name` is the file's name without its ending, `title` that of the sheet.
    """
    match request.GET.get("_export"):
        case "csv":
            return csv_response(_rows(queryset, columns), name)
        case "xlsx":
            return xlsx_response(_rows(queryset, columns), name, title)
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
