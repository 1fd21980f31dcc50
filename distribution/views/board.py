"""The manager's pages: outstanding deliveries of the letters of the unit and of all units below it."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.models import Agency, Role
from agencies.views.acting import ActingRequest
from distribution.models.conditions import OLDEST_FIRST
from distribution.outbox.standstill import standstills
from distribution.queries.board import (
    earlier_revisions,
    letters_outstanding_for,
    newest_revisions,
    outstanding_for,
)
from distribution.queries.found_in import passages
from distribution.tables.base import configure
from distribution.tables.export import export_or_none
from distribution.tables.filters import OutstandingFilter, OutstandingLettersFilter
from distribution.tables.letters import LETTERS_EXPORT, LettersTable
from distribution.tables.outstanding import OUTSTANDING_EXPORT, OutstandingTable


@require_safe
def by_recipient(request: ActingRequest) -> HttpResponseBase:
    """Outstanding deliveries with letter, stage and phone number."""
    unit = managed_unit(request)
    found = filtered(request, unit)
    table = OutstandingTable(found.qs if found.is_valid() else found.queryset.none())
    configure(request, table, per_page=50, count_order=OLDEST_FIRST, narrowed_by=found.form.fields)
    table.passages = passages(
        {row.record.circular_id for row in table.paginated_rows}, request.GET.get("q", ""), attachments=True
    )
    if response := export_or_none(
        request, table.data.data, OUTSTANDING_EXPORT, "bekleyenler", title=_("Outstanding")
    ):
        return response
    context = {"section": "board", "tab": "recipients", "unit": unit, "filter": found, "table": table}
    context["standing"] = standstills(at=timezone.now())
    return render(request, "distribution/board.html", context)


@require_safe
def by_letter(request: ActingRequest) -> HttpResponseBase:
    """Letters with outstanding deliveries and their progress, oldest first."""
    unit = managed_unit(request)
    found = filtered_letters(request, unit)
    rows = found.qs if found.is_valid() else found.queryset.none()
    table = LettersTable(newest_revisions(rows), order_by="dispatched_at")
    configure(request, table, per_page=25, narrowed_by=found.form.fields)
    table.earlier = earlier_revisions(row.record for row in table.paginated_rows)
    table.passages = passages(
        [row.record.pk for row in table.paginated_rows], request.GET.get("q", ""), attachments=True
    )
    every_revision = rows.order_by(*table.data.data.query.order_by)
    if response := export_or_none(
        request, every_revision, LETTERS_EXPORT, "bekleyen-yazilar", title=_("Outstanding letters")
    ):
        return response
    context = {"section": "board", "tab": "letters", "unit": unit, "filter": found, "table": table}
    context["standing"] = standstills(at=timezone.now())
    return render(request, "distribution/board.html", context)


def filtered(request: ActingRequest, unit: Agency) -> OutstandingFilter:
    """The list with the filter of the request."""
    return OutstandingFilter(request.GET, queryset=outstanding_for(request.user, unit))


def filtered_letters(request: ActingRequest, unit: Agency) -> OutstandingLettersFilter:
    """The list by letter with the filter of the request."""
    return OutstandingLettersFilter(request.GET, queryset=letters_outstanding_for(request.user, unit))


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
