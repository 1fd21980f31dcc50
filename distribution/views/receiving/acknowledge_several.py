"""Confirm several letters of one inbox, with a field for the register number of each."""

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
from distribution.models import Delivery
from distribution.services.receiving import acknowledge as acknowledging
from distribution.views.receiving.delivery import already_confirmed, with_way_back
from distribution.views.receiving.inbox import list_address, own_unit
from distribution.views.ticked import ticked_uuids
from distribution.visibility import answerable_by

NAMED_AT_MOST = 3


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_several(request: ActingRequest, agency: int) -> HttpResponse:
    """List the ticked letters before they are confirmed, or fill in their numbers. Changes nothing."""
    unit = own_unit(request, agency)
    chosen = ticked_uuids(request.POST, "delivery")
    if not chosen:
        if request.method == "POST":
            messages.error(request, _nothing_ticked())
        return redirect(_list(request, unit))
    letters = ticked_letters(request, unit, chosen)
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
    form = SeveralForm(request.POST, deliveries=ticked_letters(request, unit, chosen))
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
        raise Http404 from None
    except acknowledging.NotAcknowledgeable as error:
        messages.error(request, _("Nothing was confirmed: the letter is %(stage)s.") % {"stage": error})
    else:
        _tell(request, unit, outcomes)
    return redirect(_list(request, unit))


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
        values = {"count": len(confirmed), "unit": unit, "letters": _named(confirmed)}
        messages.success(request, with_way_back(words % values, unit))
    if len(before) > NAMED_AT_MOST:
        words = ngettext(
            "%(count)d letter was confirmed already; that stands unchanged: %(letters)s",
            "%(count)d letters were confirmed already; that stands unchanged: %(letters)s",
            len(before),
        )
        messages.info(request, words % {"count": len(before), "letters": _named(before)})
    else:
        for delivery in before:
            messages.info(request, f"{delivery.circular}: {already_confirmed(delivery)}")


def _named(deliveries: list[Delivery]) -> str:
    """The numbers of the first letters, and how many more there are."""
    named = ", ".join(each.circular.number for each in deliveries[:NAMED_AT_MOST])
    more = len(deliveries) - NAMED_AT_MOST
    if more <= 0:
        return named
    words = ngettext("and %(count)s further letter", "and %(count)s further letters", more)
    return f"{named} {words % {'count': more}}"


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


def ticked_letters(request: ActingRequest, unit: Agency, chosen: list[UUID]) -> list[Delivery]:
    """The ticked letters in order. Raises Http404 if one isn't the unit's."""
    answerable = answerable_by(request.user).answered_by(unit)
    found = {
        each.public_id: each
        for each in answerable.filter(public_id__in=chosen).select_related("circular__issuer", "agency")
    }
    if len(found) != len(set(chosen)):
        raise Http404
    return [found[public_id] for public_id in dict.fromkeys(chosen)]


def _nothing_ticked() -> str:
    return _("No letter was ticked. Tick the letters that the unit has, then confirm.")
