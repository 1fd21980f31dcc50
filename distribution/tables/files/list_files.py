"""Files of the exported lists: a small one as a download, a large one by a worker."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import IO, Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from agencies.directory.tabular.ods import MIMETYPE, ods_file
from agencies.directory.tabular.spreadsheet import Sheet
from agencies.directory.tabular.xlsx import xlsx_file
from agencies.models import Agency, User
from circulars.models import Circular
from distribution.models import Delivery, FileFormat, PreparedFile, PreparedFileKind
from distribution.queries.paging import bounded_count
from distribution.services.prepare_file import Progress
from distribution.tables.files.columns import ExportedRows, export_csv, export_rows
from distribution.tables.files.exported_lists import (
    EXPORTED_LISTS,
    Found,
    columns_of,
    exported_name,
    exported_title,
)
from distribution.tables.files.list_pdf import list_as_pdf

MOST_AT_ONCE = {FileFormat.CSV: 2000, FileFormat.XLSX: 2000, FileFormat.ODS: 2000, FileFormat.PDF: 0}
"""Rows of a file that is written in the web request, which takes at most a third of a second."""

TOLD_EVERY = 500
"""Rows."""

CONTENT_TYPES = {FileFormat.CSV: "text/csv; charset=utf-8", FileFormat.ODS: MIMETYPE}


def export_or_none(
    request: HttpRequest,
    kind: PreparedFileKind,
    *,
    unit: Agency | None = None,
    circular: Circular | None = None,
    delivery: Delivery | None = None,
    query: QueryDict | None = None,
    chosen: list[int] | None = None,
) -> HttpResponseBase | None:
    """The whole list as a file if the request has `_export` with a format, otherwise None.

    For a large file it leads to the page where a worker is asked for it. `query` says what the list shows, if that
    isn't just the address; `chosen` are the ids of its rows, if they were ticked.
    """
    query = request.GET.copy() if query is None else query
    query.pop("_export", None)
    wanted = request.GET.get("_export", "")
    if wanted not in FileFormat.values:
        return None
    assert isinstance(request.user, User)
    asked = PreparedFile(
        kind=kind,
        file_format=wanted,
        unit=unit,
        circular=circular,
        delivery=delivery,
        query=query.urlencode(),
        chosen=chosen,
        created_by=request.user,
    )
    most = MOST_AT_ONCE[FileFormat(wanted)]
    found = EXPORTED_LISTS[kind].found(asked)
    if not most or _count(found.rows, most + 1) > most:
        return redirect(address_of_request(asked))
    return FileResponse(
        _written(asked, found, iter),
        as_attachment=True,
        filename=f"{exported_name(asked)}.{wanted}",
        content_type=CONTENT_TYPES.get(FileFormat(wanted)),
    )


def address_of_request(asked: PreparedFile) -> str:
    """The address that takes a request for this list."""
    about = {
        "of_unit": asked.unit_id,
        "of_letter": asked.circular and asked.circular.public_id,
        "of_delivery": asked.delivery and asked.delivery.public_id,
        "_export": asked.file_format,
    }
    named = [f"{name}={value}" for name, value in about.items() if value is not None]
    return f"{reverse('prepare_list', args=[asked.kind])}?{'&'.join(filter(None, [asked.query, *named]))}"


def list_file(prepared: PreparedFile, *, at: datetime, progress: Progress) -> IO[bytes]:
    """The list with the filter and the order that it had when the person asked for it."""
    found = EXPORTED_LISTS[PreparedFileKind(prepared.kind)].found(prepared)
    count = found.rows.order_by().count() if isinstance(found.rows, QuerySet) else len(found.rows)
    if prepared.file_format == FileFormat.PDF:
        return list_as_pdf(prepared, found, count, at=at, progress=progress)

    def told(rows: Iterable[Any]) -> Iterator[Any]:
        for number, row in enumerate(rows):
            if number % TOLD_EVERY == 0:
                progress(min(100 * number // max(count, 1), 99))
            yield row

    return _written(prepared, found, told)


def _count(rows: ExportedRows, bound: int) -> int:
    return bounded_count(rows, bound) if isinstance(rows, QuerySet) else len(rows)


def _written(asked: PreparedFile, found: Found, told: Callable[[Iterable[Any]], Iterable[Any]]) -> IO[bytes]:
    columns = columns_of(asked, found)
    if asked.file_format == FileFormat.CSV:
        return export_csv(found.rows, columns, told)
    sheet = Sheet(exported_title(asked), told(export_rows(found.rows, columns)))
    return ods_file([sheet]) if asked.file_format == FileFormat.ODS else xlsx_file([sheet])
