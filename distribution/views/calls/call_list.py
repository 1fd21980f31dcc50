"""The units to ring now, for managers and senders of a unit."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.models import Agency, Role
from agencies.views.acting import ActingRequest
from distribution.queries.paging import BoundedPaginator
from distribution.queries.sending.calls import call_list as units_to_ring
from distribution.queries.sending.calls import rows_of

UNITS_ON_A_PAGE = 25


@require_safe
def call_list(request: ActingRequest) -> HttpResponse:
    """One row a unit, most pressing first. `unit` in the query opens the page on which that unit stands."""
    unit, at = calling_unit(request), timezone.now()
    listed = units_to_ring(request.user, unit, at)
    pages = BoundedPaginator(listed.places, UNITS_ON_A_PAGE)
    wanted = request.GET.get("unit", "")
    place = listed.index_of(int(wanted)) if wanted.isascii() and wanted.isdecimal() else None
    number = request.GET.get("page") if place is None else place // UNITS_ON_A_PAGE + 1
    page = pages.get_page(number)
    context = {
        "section": section_of(request),
        "unit": unit,
        "page": page,
        "rows": rows_of(listed, list(page.object_list), at),
        "at": at,
        "manages": request.acting.manages,
    }
    return render(request, "distribution/call_list.html", context)


def calling_unit(request: ActingRequest) -> Agency:
    """The unit acted for if the user manages it or sends for it, otherwise the first such unit. Raises Http404."""
    acting = request.acting
    if acting.agency is not None and (acting.manages or acting.sends):
        return acting.agency
    for unit, roles in acting.units.items():
        if roles & {Role.MANAGER, Role.SENDER}:
            acting.choose(unit)
            return unit
    raise Http404


def section_of(request: ActingRequest) -> str:
    """The entry of the main menu under which the pages of calls stand."""
    return "board" if request.acting.manages else "letters"
