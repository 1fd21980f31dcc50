"""The manager's pages: outstanding deliveries of the letters of the unit and of all units below it."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.models import Agency, Role
from agencies.views.acting import ActingRequest
from distribution.models import PreparedFileKind
from distribution.outbox.outages.standstill import standstills
from distribution.queries.found_in import passages
from distribution.queries.internal_notes import notes_on_letters, notes_on_rows
from distribution.queries.sending.board import earlier_revisions, newest_revisions
from distribution.queries.sending.owed import Owes
from distribution.tables.base import RowsJoinedLate, configure
from distribution.tables.files.exported_lists import (
    filtered_rows,
    outstanding_filter,
    outstanding_letters_filter,
    owed_by,
)
from distribution.tables.files.list_files import export_or_none
from distribution.tables.filters import OutstandingFilter, OutstandingLettersFilter
from distribution.tables.letters import LettersTable
from distribution.tables.outstanding import OutstandingTable


@require_safe
def by_recipient(request: ActingRequest) -> HttpResponseBase:
    """Outstanding deliveries with letter, stage and phone number."""
    unit = managed_unit(request)
    found = filtered(request, unit)
    if response := export_or_none(request, PreparedFileKind.OUTSTANDING, unit=unit):
        return response
    table = OutstandingTable(RowsJoinedLate(filtered_rows(found)))
    configure(request, table, per_page=50, narrowed_by=found.form.fields)
    rows = [row.record for row in table.paginated_rows]
    table.passages = passages({row.circular_id for row in rows}, request.GET.get("q", ""), attachments=True)
    table.list_notes = notes_on_rows(rows, request.user)
    owes = owed_by(request.GET)
    context = {"section": "board", "tab": "recipients", "unit": unit, "filter": found, "table": table}
    context |= {"owes": owes, "heading": owes.heading, "may_remind": owes.is_owed}
    context["narrowed_to"] = _narrowed_to(request, found)
    context["standing"] = standstills(at=timezone.now())
    return render(request, "distribution/outstanding.html", context)


def _narrowed_to(request: ActingRequest, found: OutstandingFilter) -> list[tuple[str, str]]:
    """The one letter and the one unit to which a link has narrowed the list, each with the query without it."""
    narrowed = []
    for name, words in found.narrowed_to(request.user).items():
        rest = request.GET.copy()
        rest.pop(name)
        rest.pop("page", None)
        narrowed.append((words, rest.urlencode()))
    return narrowed


@require_safe
def by_letter(request: ActingRequest) -> HttpResponseBase:
    """Letters with outstanding deliveries and their progress, oldest first."""
    unit = managed_unit(request)
    found = filtered_letters(request, unit)
    if response := export_or_none(request, PreparedFileKind.OUTSTANDING_LETTERS, unit=unit):
        return response
    table = LettersTable(newest_revisions(filtered_rows(found)), order_by="dispatched_at")
    configure(request, table, per_page=25, narrowed_by=found.form.fields)
    rows = [row.record for row in table.paginated_rows]
    table.earlier = earlier_revisions(rows)
    table.notes = notes_on_letters(rows, table.earlier, request.user)
    table.passages = passages([each.pk for each in rows], request.GET.get("q", ""), attachments=True)
    context = {"section": "board", "tab": "letters", "unit": unit, "filter": found, "table": table}
    context |= {"heading": Owes.CONFIRMATION.heading, "may_remind": True}
    context["standing"] = standstills(at=timezone.now())
    return render(request, "distribution/outstanding.html", context)


def filtered(request: ActingRequest, unit: Agency) -> OutstandingFilter:
    """The list with the filter of the request."""
    return outstanding_filter(request.user, unit, request.GET)


def filtered_letters(request: ActingRequest, unit: Agency) -> OutstandingLettersFilter:
    """The list by letter with the filter of the request."""
    return outstanding_letters_filter(request.user, unit, request.GET)


def managed_unit(request: ActingRequest) -> Agency:
    """The unit acted for if the user manages it, otherwise the first one that they manage."""
    acting = request.acting
    if acting.agency is not None and acting.manages:
        return acting.agency
    for unit, roles in acting.units.items():
        if Role.MANAGER in roles:
            acting.choose(unit)
            return unit
    raise Http404
