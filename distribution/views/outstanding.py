"""The manager's pages: outstanding deliveries of the letters of the unit and of all units below it."""

from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.models import Agency, Role
from agencies.views.acting import ActingRequest
from distribution.models import Delivery, PreparedFileKind
from distribution.outbox.outages.standstill import standstills
from distribution.queries.found_in import passages
from distribution.queries.internal_notes import notes_on_letters, notes_on_rows
from distribution.queries.sending.board import earlier_revisions, newest_revisions
from distribution.tables.base import RowsJoinedLate, configure
from distribution.tables.files.exported_lists import (
    filtered_rows,
    letters_owed_by,
    outstanding_filter,
    outstanding_letters_filter,
    owed_by,
)
from distribution.tables.files.list_files import export_or_none
from distribution.tables.letters import OwingLettersTable
from distribution.tables.outstanding import TickedOverPagesTable
from distribution.tables.outstanding_columns import COLUMNS, USUAL
from distribution.tables.outstanding_filter import OutstandingFilter, OutstandingLettersFilter
from distribution.views.lists.shown import COLUMNS as COLUMNS_CHOSEN
from distribution.views.lists.shown import (
    address_of,
    is_changed,
    open_view,
    shown_columns,
    views_of,
)
from distribution.views.lists.way_back import leading_back, place_of
from distribution.views.several.choice import MOST, kept_rows
from distribution.visibility import tracked_by

ROWS_PER_PAGE = 50


@require_safe
def by_recipient(request: ActingRequest) -> HttpResponseBase:
    """Outstanding deliveries with letter, stage and phone number."""
    unit = managed_unit(request)
    views = views_of(request, unit)
    view = open_view(request, views)
    columns = shown_columns(request.GET, request.user, view)
    if response := _export(request, unit, columns):
        return response
    found = filtered(request, unit)
    ticked = kept_rows(request, unit)
    rows = filtered_rows(found)
    if "issuer" in columns:
        rows = rows.select_related("circular__issuer")
    place = place_of("outstanding", request.GET)
    table = TickedOverPagesTable(RowsJoinedLate(rows), shown=columns)
    configure(request, table, per_page=ROWS_PER_PAGE, narrowed_by=found.form.fields)
    table.ticked, table.leads_back = set(ticked), lambda row: leading_back("outstanding", request.GET, row)
    table.keep_url = reverse("choose_rows") + place
    shown = [row.record for row in table.paginated_rows]
    table.passages = passages({row.circular_id for row in shown}, request.GET.get("q", ""), attachments=True)
    table.list_notes = notes_on_rows(shown, request.user)
    found.send_with("rows")
    owes, only_ticked = owed_by(request.GET), is_ticked(request.GET)
    context = {"section": "board", "tab": "recipients", "unit": unit, "filter": found, "table": table}
    context |= {"owes": owes, "heading": _("Ticked rows") if only_ticked else owes.heading}
    context |= {
        "may_remind": owes.is_owed or only_ticked,
        "may_give_time": bool(request.acting.sends_for),
        "only_ticked": only_ticked,
        "ticked": ticked,
        "ticked_elsewhere": _not_among(shown, ticked),
        "most": MOST,
        "place": place,
        "keep_url": table.keep_url,
        "orders": _orders(table, request.GET.get("sort", "")),
        "columns": [(each, each.name in columns) for each in COLUMNS],
        "columns_are_usual": columns == USUAL,
        "views": [(each, address_of(each)) for each in views],
        "view": view,
        "view_is_changed": view is not None and is_changed(request.GET, view),
        "view_is_gone": view is None and "view" in request.GET,
        "gone": _gone(request, found),
        "narrowed_to": _narrowed_to(request, found),
        "standing": standstills(at=timezone.now()),
    }
    return render(request, "distribution/outstanding.html", context)


def _export(request: ActingRequest, unit: Agency, columns: Sequence[str]) -> HttpResponseBase | None:
    """The list as a file with the columns that the page shows, if the address asks for one."""
    if "_export" not in request.GET:
        return None
    query, chosen = request.GET.copy(), None
    query.pop("view", None)
    if columns != USUAL:
        query[COLUMNS_CHOSEN] = ",".join(columns)
    if is_ticked(request.GET):
        ticked = kept_rows(request, unit)
        query["ticked"], chosen = digest_of(ticked), ids_of(request, ticked)
    return export_or_none(request, PreparedFileKind.OUTSTANDING, unit=unit, query=query, chosen=chosen)


def is_ticked(query: QueryDict) -> bool:
    """Whether the address is about the ticked rows, not about those of its filter."""
    return bool(query.get("ticked"))


def ids_of(request: ActingRequest, ticked: Collection[UUID]) -> list[int]:
    """The ids of those of the ticked rows that the user may see."""
    seen = tracked_by(request.user).filter(public_id__in=ticked).order_by("pk")
    return list(seen.values_list("pk", flat=True))


def digest_of(ticked: Collection[UUID]) -> str:
    """What tells one choice of rows from another."""
    return sha256(",".join(sorted(each.hex for each in ticked)).encode()).hexdigest()[:16]


def _not_among(shown: Collection[Delivery], ticked: Collection[UUID]) -> list[UUID]:
    """The ticked rows that this page doesn't show."""
    here = {each.public_id for each in shown}
    return [each for each in ticked if each not in here]


def _orders(table: TickedOverPagesTable, wanted: str) -> list[tuple[str, str, bool]]:
    """What the list can be sorted by: the value of the parameter, words, and whether it is so now."""
    orders = [("", _("Most pressing first"), not wanted)]
    for column in table.columns.iterall():
        if column.orderable:
            for value, sign in ((column.name, "↑"), (f"-{column.name}", "↓")):
                orders.append((value, f"{column.header} {sign}", value == wanted))
    return orders


def _gone(request: ActingRequest, found: OutstandingFilter) -> list[tuple[str, str, str]]:
    """What the list is narrowed to and isn't there any more: words, and a query with what stands in its place."""
    gone = []
    for each in found.gone():
        query = QueryDict(place_of("outstanding", request.GET).removeprefix("?"), mutable=True)
        query.pop("page", None)
        if each.parameter:
            query[each.parameter] = each.value
        gone.append((each.words, each.link, query.urlencode()))
    return gone


def _narrowed_to(request: ActingRequest, found: OutstandingFilter) -> list[tuple[str, str]]:
    """The one letter and the one unit to which a link has narrowed the list, each with the query without it."""
    narrowed = []
    for name, words in found.narrowed_to().items():
        rest = request.GET.copy()
        rest.pop(name)
        rest.pop("page", None)
        narrowed.append((words, rest.urlencode()))
    return narrowed


@require_safe
def by_letter(request: ActingRequest) -> HttpResponseBase:
    """Letters of which a confirmation or an answer is owed, with their progress, oldest first."""
    unit = managed_unit(request)
    if response := export_or_none(request, PreparedFileKind.OUTSTANDING_LETTERS, unit=unit):
        return response
    found = filtered_letters(request, unit)
    table = OwingLettersTable(newest_revisions(filtered_rows(found)), order_by="dispatched_at")
    configure(request, table, per_page=25, narrowed_by=found.form.fields)
    table.leads_back = lambda row: leading_back("outstanding_letters", request.GET, row)
    rows = [row.record for row in table.paginated_rows]
    table.earlier = earlier_revisions(rows)
    table.notes = notes_on_letters(rows, table.earlier, request.user)
    table.passages = passages([each.pk for each in rows], request.GET.get("q", ""), attachments=True)
    context: dict[str, Any] = {
        "section": "board",
        "tab": "letters",
        "unit": unit,
        "filter": found,
        "table": table,
    }
    context |= {"heading": letters_owed_by(request.GET).heading, "may_remind": True}
    context["standing"] = standstills(at=timezone.now())
    return render(request, "distribution/outstanding_letters.html", context)


def filtered(request: ActingRequest, unit: Agency) -> OutstandingFilter:
    """The list with the filter of the request, or the ticked rows if its address is about those."""
    chosen = Q(public_id__in=kept_rows(request, unit)) if is_ticked(request.GET) else None
    return outstanding_filter(request.user, unit, request.GET, chosen)


def filtered_letters(request: ActingRequest, unit: Agency) -> OutstandingLettersFilter:
    """The list by letter with the filter of the request."""
    return outstanding_letters_filter(request.user, unit, request.GET)


def managed_unit(request: ActingRequest) -> Agency:
    """The unit acted for if the user manages it, otherwise the first one that they manage.

    A form names its unit as `of_unit`: another one may have been opened in another tab since.
    """
    acting = request.acting
    named = request.POST.get("of_unit", "")
    for unit, roles in acting.units.items():
        if str(unit.pk) == named and Role.MANAGER in roles:
            return unit
    if acting.agency is not None and acting.manages:
        return acting.agency
    for unit, roles in acting.units.items():
        if Role.MANAGER in roles:
            acting.choose(unit)
            return unit
    raise Http404
