"""Keep which letters of an inbox are chosen, and go on: to another page or filter, or to what is done with them."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.models import Agency
from agencies.views.acting import ActingRequest
from distribution.tables.inbox_filter import letters_shown, narrowing, place_in_list
from distribution.views.receiving.inbox import list_address, own_unit
from distribution.views.several.choice import MOST, keep_choice
from distribution.views.ticked import ticked_uuids
from distribution.visibility import answerable_by

ACTS = ("answer_several", "return_several", "ask_extension_for_several")
"""Names of the addresses that deal with the chosen letters."""


@require_POST
def choose_letters(request: ActingRequest, agency: int) -> HttpResponse:
    """Keep the ticked letters, all of the filtered list before them, or none. Nothing else changes.

    `to` is the page of the list that follows; with `filter` it is the list as the sent filter narrows it.
    """
    unit = own_unit(request, agency)
    chosen = [] if "clear" in request.POST else ticked_uuids(request.POST, "delivery")
    if "all" in request.POST:
        chosen = [*_all_shown(request, unit), *chosen]
    kept = keep_and_tell(request, unit, request.GET, chosen)
    act = request.POST.get("then", "")
    if act in ACTS and kept:
        return redirect(reverse(act, args=[unit.pk]) + place_in_list(request.GET))
    if act:
        messages.error(request, nothing_ticked())
    if "filter" in request.POST:
        return redirect(list_address(unit, narrowing(request.POST)))
    return redirect(list_address(unit, request.POST.get("to") or request.GET.urlencode()))


def keep_and_tell(
    request: ActingRequest, unit: Agency, place: QueryDict, chosen: Sequence[UUID]
) -> list[UUID]:
    """Keep the chosen letters of that list, and say so if not all are kept. Returns those that are."""
    kept = keep_choice(request, unit, place, chosen)
    if len(kept) < len(set(chosen)):
        words = _("At most %(most)d letters are dealt with at once: the first %(most)d are chosen.")
        messages.warning(request, words % {"most": MOST})
    return kept


def place_of_post(request: ActingRequest) -> QueryDict:
    """The list that the form came from, as its field `query` names it."""
    return QueryDict(request.POST.get("query", "").removeprefix("?"))


def nothing_ticked() -> str:
    return _("No letter was ticked. Tick the letters first.")


def _all_shown(request: ActingRequest, unit: Agency) -> list[UUID]:
    """The letters of the filtered list in its order, at most one more than are dealt with together."""
    found = letters_shown(request, answerable_by(request.user), unit, timezone.now())
    return list(found.qs.values_list("public_id", flat=True)[: MOST + 1]) if found.is_valid() else []
