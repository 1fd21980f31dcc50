"""Keep which rows of what is outstanding are chosen, and go on: to another page or filter, or to an act."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.models import Agency
from agencies.views.acting import ActingRequest
from distribution.models import FileFormat
from distribution.tables.base import sort_by
from distribution.tables.files.exported_lists import filtered_rows
from distribution.tables.list_place import kept
from distribution.tables.outstanding import OutstandingTable
from distribution.tables.outstanding_filter import NARROWING
from distribution.views.lists.way_back import PARAMETERS, place_of
from distribution.views.outstanding import filtered, managed_unit
from distribution.views.several.choice import MOST, keep_rows
from distribution.views.ticked import ticked_uuids

ACTS = {
    "remind": "remind_by_hand_outstanding",
    "more_time": "give_more_time",
    **{each: "outstanding" for each in FileFormat.values},
}
"""What is done with the chosen rows, and the name of the address that does it. A form of file exports them."""


@require_POST
def choose_rows(request: ActingRequest) -> HttpResponse:
    """Keep the ticked rows, all of the filtered list too, or none. Nothing else changes.

    `to` is the page of the list that follows; with `filter` it is the list as the sent filter narrows it.
    """
    unit = managed_unit(request)
    chosen = [] if "clear" in request.POST else ticked_uuids(request.POST, "delivery")
    if "all" in request.POST:
        chosen += _all_shown(request, unit)
    rows = keep_rows(request, unit, chosen)
    if len(rows) < len(set(chosen)):
        words = _("At most %(most)d rows are dealt with at once: the first %(most)d are ticked.")
        messages.warning(request, words % {"most": MOST})
    act = request.POST.get("then", "")
    if act in ACTS and rows:
        return redirect(_address_of(act, request.GET))
    if act:
        messages.error(request, nothing_ticked())
    if "filter" in request.POST:
        narrowed = kept(request.POST, PARAMETERS["outstanding"]).urlencode()
        return redirect(reverse("outstanding") + (f"?{narrowed}" if narrowed else ""))
    to = request.POST.get("to") or request.GET.urlencode()
    return redirect(reverse("outstanding") + place_of("outstanding", QueryDict(to.removeprefix("?"))))


def nothing_ticked() -> str:
    return _("No row was ticked. Tick the rows first.")


def _address_of(act: str, query: QueryDict) -> str:
    """The address of the act about the ticked rows, with the place of the list to which it leads back."""
    place = QueryDict(place_of("outstanding", query).removeprefix("?"), mutable=True)
    place["ticked"] = "1"
    if act in FileFormat.values:
        for name in (*NARROWING, "page"):
            place.pop(name, None)
        place["_export"] = act
    return f"{reverse(ACTS[act])}?{urlencode(place.dict())}"


def _all_shown(request: ActingRequest, unit: Agency) -> list[UUID]:
    """The rows of the filtered list in its order, at most one more than are dealt with together."""
    table = OutstandingTable(filtered_rows(filtered(request, unit)))
    rows = sort_by(table, request.GET)
    return list(rows.values_list("public_id", flat=True)[: MOST + 1])
