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
from distribution.views.receiving.inbox import own_unit
from distribution.views.ticked import ticked_uuids
from distribution.visibility import answerable_by


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_several(request: ActingRequest, agency: int) -> HttpResponse:
    """List the ticked letters before they are confirmed, or fill in their numbers. Changes nothing."""
    unit = own_unit(request, agency)
    chosen = ticked_uuids(request.POST, "delivery")
    if not chosen:
        if request.method == "POST":
            messages.error(request, _nothing_ticked())
        return redirect("unit_inbox", unit.pk)
    letters = _letters(request, unit, chosen)
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
        return redirect("unit_inbox", unit.pk)
    form = SeveralForm(request.POST, deliveries=_letters(request, unit, chosen))
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
        return redirect("unit_inbox", unit.pk)
    confirmed = [outcome.delivery for outcome in outcomes if outcome.first]
    if confirmed:
        message = ngettext(
            "%(count)d letter confirmed for %(unit)s: %(letters)s",
            "%(count)d letters confirmed for %(unit)s: %(letters)s",
            len(confirmed),
        )
        letters = "; ".join(str(each.circular) for each in confirmed)
        words = message % {"count": len(confirmed), "unit": unit, "letters": letters}
        messages.success(request, with_way_back(words, unit))
    for outcome in outcomes:
        if not outcome.first:
            messages.info(request, f"{outcome.delivery.circular}: {already_confirmed(outcome.delivery)}")
    return redirect("unit_inbox", unit.pk)


def _page(request: ActingRequest, unit: Agency, form: SeveralForm) -> HttpResponse:
    context = {"section": "inbox", "unit": unit, "form": form, "at": timezone.now()}
    return render(request, "distribution/acknowledge_several.html", context)


def _letters(request: ActingRequest, unit: Agency, chosen: list[UUID]) -> list[Delivery]:
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
