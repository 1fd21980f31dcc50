"""Confirm several letters of one inbox, with a field for the register number of each."""

from collections.abc import Collection
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
from distribution.forms.receiving.acknowledge_several import SeveralForm
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
        return _page_without(request, unit, chosen, passed)
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
        return _page_without(request, unit, chosen, passed)
    except acknowledging.NotAcknowledgeable as error:
        messages.error(request, _("Nothing was confirmed: the letter is %(stage)s.") % {"stage": error})
    else:
        keep_choice(request, unit, place_of_post(request), [])
        _tell(request, unit, outcomes)
    return redirect(_list(request, unit))


def _page_without(
    request: ActingRequest, unit: Agency, chosen: Collection[UUID], passed: Collection[UUID]
) -> HttpResponse:
    """The form as it was typed, without the letters that have passed to another unit; the list if none is left."""
    letters = chosen_letters(request, unit, [each for each in chosen if each not in passed])
    if not letters:
        return redirect(_list(request, unit))
    return _page(request, unit, SeveralForm(request.POST, deliveries=letters))


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
