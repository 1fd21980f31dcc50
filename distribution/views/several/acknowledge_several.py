"""Confirm several letters of one inbox, with a field for the register number of each."""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import Agency
from agencies.views.acting import ActingRequest
from distribution.forms.receiving.acknowledge_several import SeveralForm, typed_number
from distribution.models import Act, Delivery
from distribution.services.receiving import acknowledge as acknowledging
from distribution.views.receiving.delivery import already_confirmed
from distribution.views.receiving.inbox import list_address, own_unit
from distribution.views.several.choice import MOST, keep_choice
from distribution.views.several.choose_letters import keep_and_tell, place_of_post
from distribution.views.several.passed_meanwhile import NAMED_AT_MOST, named, tell_passed
from distribution.views.several.several import chosen_letters, told
from distribution.views.ticked import ticked_uuids


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_several(request: ActingRequest, agency: int) -> HttpResponse:
    """List the ticked letters before they are confirmed, or fill in their numbers. Changes nothing."""
    unit = own_unit(request, agency)
    chosen = ticked_uuids(request.POST, "delivery")
    if not chosen:
        if request.method == "POST":
            messages.error(request, _nothing_ticked())
        return redirect(_list(request, unit))
    if not request.POST.get("fill"):
        chosen = keep_and_tell(request, unit, place_of_post(request), chosen)
    passed = tell_passed(request, unit, chosen)
    _tell_numbers(request, passed.values())
    letters = chosen_letters(request, unit, [each for each in chosen[:MOST] if each not in passed])
    if not letters:
        return redirect(_list(request, unit))
    if fill := request.POST.get("fill"):
        return _page(
            request, unit, SeveralForm.filled(request.POST, deliveries=letters, unit=unit, fill=fill)
        )
    return _page(request, unit, SeveralForm(deliveries=letters))


@require_POST
def acknowledge_several(request: ActingRequest, agency: int) -> HttpResponse:
    """Confirm the listed letters of one inbox."""
    unit = own_unit(request, agency)
    chosen = ticked_uuids(request.POST, "delivery")
    if not chosen:
        messages.error(request, _nothing_ticked())
        return redirect(_list(request, unit))
    if len(chosen) > MOST:
        raise Http404
    passed = tell_passed(request, unit, chosen)
    if passed:
        return _page_without(request, unit, chosen, passed.values())
    form = SeveralForm(request.POST, deliveries=chosen_letters(request, unit, chosen))
    if not form.is_valid():
        return _page(request, unit, form)
    try:
        outcomes = acknowledging.acknowledge_several(
            deliveries=chosen,
            agency=unit,
            by=request.user,
            at=timezone.now(),
            register_numbers=form.register_numbers(),
        )
    except Delivery.DoesNotExist:
        passed = tell_passed(request, unit, chosen)
        if not passed:
            raise Http404 from None
        return _page_without(request, unit, chosen, passed.values())
    except acknowledging.NotAcknowledgeable:
        return _page_without(request, unit, chosen, _tell_closed(request, unit, chosen))
    else:
        keep_choice(request, unit, place_of_post(request), [])
        _tell(request, unit, outcomes)
    return redirect(_list(request, unit))


def _page_without(
    request: ActingRequest, unit: Agency, chosen: Collection[UUID], left_out: Collection[Delivery]
) -> HttpResponse:
    """The form as it was typed, without the letters left out, whose numbers are named; the list if none is left."""
    _tell_numbers(request, left_out)
    without = {each.public_id for each in left_out}
    letters = chosen_letters(request, unit, [each for each in chosen if each not in without])
    if not letters:
        return redirect(_list(request, unit))
    return _page(request, unit, SeveralForm(request.POST, deliveries=letters))


def _tell_closed(request: ActingRequest, unit: Agency, chosen: Sequence[UUID]) -> list[Delivery]:
    """Say which of these letters can't be confirmed any more: withdrawn, replaced or returned. Returns them."""
    letters = chosen_letters(request, unit, chosen)
    closed = [each for each in letters if not each.is_live and each.acknowledged_at is None]
    closed.sort(key=lambda each: each.stage)
    for _stage, group in groupby(closed, key=lambda each: each.stage):
        alike = list(group)
        words = _("Nothing was confirmed: %(letters)s can't be confirmed any more (%(stage)s).")
        values = {"letters": named(alike), "stage": alike[0].get_stage_display()}
        messages.error(request, words % values)
    return closed


def _tell_numbers(request: ActingRequest, deliveries: Iterable[Delivery]) -> None:
    """The register numbers that were typed for these letters and not recorded, so that the user can copy them."""
    typed = [(each, typed_number(request.POST, each)) for each in deliveries]
    words = "; ".join(f"{each.circular.number}: {number}" for each, number in typed if number)
    if words:
        messages.warning(request, _("You had written: “%(words)s”") % {"words": words})


def _tell(request: ActingRequest, unit: Agency, outcomes: list[acknowledging.Acknowledgement]) -> None:
    """How many were confirmed, naming the first few; likewise those that had been confirmed before."""
    confirmed = [outcome.delivery for outcome in outcomes if outcome.first]
    before = [outcome.delivery for outcome in outcomes if not outcome.first]
    if confirmed:
        words = ngettext(
            "%(count)d letter confirmed for %(unit)s: %(letters)s",
            "%(count)d letters confirmed for %(unit)s: %(letters)s",
            len(confirmed),
        )
        messages.success(request, told(words, confirmed, unit, Act.ACKNOWLEDGED))
    if len(before) > NAMED_AT_MOST:
        words = ngettext(
            "%(count)d letter was confirmed already; that stands unchanged: %(letters)s",
            "%(count)d letters were confirmed already; that stands unchanged: %(letters)s",
            len(before),
        )
        messages.info(request, words % {"count": len(before), "letters": named(before)})
    else:
        for delivery in before:
            messages.info(request, f"{delivery.circular}: {already_confirmed(delivery)}")
    _tell_numbers(
        request, [each for each in before if each.register_number != typed_number(request.POST, each)]
    )


def _list(request: ActingRequest, unit: Agency) -> str:
    """The place in the inbox from which the letters were ticked."""
    return list_address(unit, request.POST.get("query", ""))


def _page(request: ActingRequest, unit: Agency, form: SeveralForm) -> HttpResponse:
    context = {
        "section": "inbox",
        "unit": unit,
        "form": form,
        "query": request.POST.get("query", ""),
        "list_address": _list(request, unit),
        "at": timezone.now(),
    }
    return render(request, "distribution/acknowledge_several.html", context)


def _nothing_ticked() -> str:
    return _("No letter was ticked. Tick the letters that the unit has, then confirm.")
