"""The lists that are exported: a small one as a download, a large workbook as a file that a worker prepares."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import django_tables2 as tables
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import DateField
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.directory.tabular.spreadsheet import csv_response, safe_name, xlsx_file, xlsx_response
from agencies.models import Agency, User
from circulars.models import Circular
from distribution.models import PreparedFile, PreparedFileKind
from distribution.queries.paging import bounded_count
from distribution.queries.sending.board import letters_outstanding_for
from distribution.queries.sending.owed import Owes, most_pressing_first, owed_to
from distribution.queries.sending.readership import seen_by
from distribution.services.prepare_file import Progress
from distribution.tables.base import sort_by
from distribution.tables.export import ExportColumn, export_rows
from distribution.tables.filters import OutstandingFilter, OutstandingLettersFilter
from distribution.tables.letters import LETTERS_EXPORT, LettersTable
from distribution.tables.outstanding import OUTSTANDING_EXPORT, OutstandingTable
from distribution.tables.readership import SEEN_EXPORT, SeenTable

MOST_AT_ONCE = 2000
"""Rows of a workbook that is written in the web request, which takes a third of a second."""

TOLD_EVERY = 500
"""Rows."""


@dataclass(frozen=True)
class OfUnit:
    """A list of all letters of a unit, filtered as its address says."""

    name: str
    title: str | Promise
    columns: Sequence[ExportColumn]
    table: Callable[[User, Agency, QueryDict], tables.Table]


@dataclass(frozen=True)
class OfLetter:
    """A list about one letter. The file's name ends with the letter's number."""

    name: str
    title: str | Promise
    columns: Sequence[ExportColumn]
    table: Callable[[Circular], tables.Table]


def outstanding_filter(user: User, unit: Agency, query: QueryDict) -> OutstandingFilter:
    """The manager's list with the filter of an address, the most pressing rows first."""
    at = timezone.now()
    wanted = query.get("owes")
    sent = (_day(query.get("sent_from", "")), _day(query.get("sent_to", "")))
    rows = owed_to(user, unit, Owes(wanted) if wanted in Owes.values else Owes.CONFIRMATION, at=at, sent=sent)
    return OutstandingFilter(query, queryset=rows.order_by(*most_pressing_first(at)), unit=unit, at=at)


def _day(text: str) -> date | None:
    """The day as the form reads it; None if it is none. The form says what is wrong with it."""
    try:
        found: date | None = DateField(required=False).clean(text)
    except ValidationError:
        return None
    return found


def outstanding_letters_filter(user: User, unit: Agency, query: QueryDict) -> OutstandingLettersFilter:
    """The manager's list by letter with the filter of an address."""
    return OutstandingLettersFilter(query, queryset=letters_outstanding_for(user, unit))


def filtered_rows(found: OutstandingFilter | OutstandingLettersFilter) -> QuerySet[Any, Any]:
    """The rows that the filter leaves; none if it isn't valid."""
    rows: QuerySet[Any, Any] = found.qs if found.is_valid() else found.queryset.none()
    return rows


EXPORTED_LISTS: dict[PreparedFileKind, OfUnit | OfLetter] = {
    PreparedFileKind.OUTSTANDING: OfUnit(
        "bekleyenler",
        _("Outstanding"),
        OUTSTANDING_EXPORT,
        lambda user, unit, query: OutstandingTable(filtered_rows(outstanding_filter(user, unit, query))),
    ),
    PreparedFileKind.OUTSTANDING_LETTERS: OfUnit(
        "bekleyen-yazilar",
        _("Outstanding letters"),
        LETTERS_EXPORT,
        lambda user, unit, query: LettersTable(
            filtered_rows(outstanding_letters_filter(user, unit, query)), order_by="dispatched_at"
        ),
    ),
    PreparedFileKind.LETTER_OUTSTANDING: OfLetter(
        "bekleyenler",
        _("Outstanding"),
        OUTSTANDING_EXPORT,
        lambda circular: OutstandingTable(
            circular.deliveries.direct().outstanding().for_board(), exclude=("letter",), order_by="agency"
        ),
    ),
    PreparedFileKind.READERSHIP: OfLetter(
        "gorenler",
        _("Who had seen the letter"),
        SEEN_EXPORT,
        lambda circular: SeenTable(seen_by(circular)),
    ),
}


def export_or_none(
    request: HttpRequest,
    kind: PreparedFileKind,
    *,
    unit: Agency | None = None,
    circular: Circular | None = None,
) -> HttpResponseBase | None:
    """The whole list as a file if the request has `_export=csv` or `_export=xlsx`, otherwise None.

    For a large workbook it leads to the page where a worker is asked for it.
    """
    wanted = request.GET.get("_export")
    if wanted not in ("csv", "xlsx"):
        return None
    listed = EXPORTED_LISTS[kind]
    assert isinstance(request.user, User)
    rows = _sorted_rows(kind, request.user, unit, circular, request.GET)
    name = exported_name(kind, circular)
    if wanted == "csv":
        return csv_response(export_rows(rows, listed.columns), name)
    if bounded_count(rows, MOST_AT_ONCE + 1) > MOST_AT_ONCE:
        query = request.GET.copy()
        del query["_export"]
        if circular is not None:
            query["letter"] = str(circular.public_id)
        return redirect(f"{reverse('prepare_list', args=[kind])}?{query.urlencode()}")
    return xlsx_response(export_rows(rows, listed.columns), name, str(listed.title))


def exported_name(kind: PreparedFileKind, circular: Circular | None) -> str:
    """The name of the file without its extension."""
    name = EXPORTED_LISTS[kind].name
    return safe_name(name if circular is None else f"{name}-{circular.number or circular.pk}")


def list_as_xlsx(prepared: PreparedFile, *, at: datetime, progress: Progress) -> bytes:
    """The list as a workbook, with the filter and the order that it had when the person asked for it."""
    kind = PreparedFileKind(prepared.kind)
    listed, query = EXPORTED_LISTS[kind], QueryDict(prepared.query)
    rows = _sorted_rows(kind, prepared.created_by, prepared.unit, prepared.circular, query)
    written = _told(export_rows(rows, listed.columns), rows.count(), progress)
    with xlsx_file(written, str(listed.title)) as file:
        return file.read()


def _told(rows: Iterator[list[Any]], count: int, progress: Progress) -> Iterator[list[Any]]:
    for number, row in enumerate(rows):
        if number % TOLD_EVERY == 0:
            progress(min(100 * number // max(count, 1), 99))
        yield row


def _sorted_rows(
    kind: PreparedFileKind, user: User, unit: Agency | None, circular: Circular | None, query: QueryDict
) -> QuerySet[Any, Any]:
    listed = EXPORTED_LISTS[kind]
    if isinstance(listed, OfUnit):
        assert unit is not None
        table = listed.table(user, unit, query)
    else:
        assert circular is not None
        table = listed.table(circular)
    return sort_by(table, query)
