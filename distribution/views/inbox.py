"""What recipients see: the inbox of a unit."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from agencies.acting import ActingRequest
from agencies.models import Agency, Membership, Role
from distribution.board import owed_elsewhere
from distribution.models import Delivery
from distribution.replaced import recently_withdrawn, with_replacing
from distribution.services import acknowledge as acknowledging
from distribution.tables import ConfirmedTable, configure
from distribution.views.delivery import already_confirmed

LETTERS_PER_PAGE = 100


@require_safe
def home(request: ActingRequest) -> HttpResponse:
    """The first page of a person: what their role asks of them, and what waits for their other units."""
    for unit, count in owed_elsewhere(request.user, request.acting.agency):
        words = ngettext(
            "%(count)d letter waits for %(unit)s.", "%(count)d letters wait for %(unit)s.", count
        )
        messages.info(request, words % {"count": count, "unit": unit})
    if request.acting.receives:
        return redirect("inbox")
    if request.acting.manages:
        return redirect("board")
    if request.acting.sends:
        return redirect("letters")
    return redirect("directory")


@require_safe
def inbox(request: ActingRequest) -> HttpResponse:
    """The inbox of the unit acted for, else of the first unit that the person receives for."""
    acting = request.acting
    if acting.agency is not None and acting.receives:
        return redirect("unit_inbox", acting.agency.pk)
    for unit, roles in acting.units.items():
        if Role.RECIPIENT in roles:
            return redirect("unit_inbox", unit.pk)
    raise Http404


@require_safe
def unit_inbox(request: ActingRequest, agency: int) -> HttpResponse:
    """What the unit owes, the most pressing first; or what it has confirmed."""
    unit = _own_unit(request, agency)
    request.acting.choose(unit)
    received = Delivery.objects.visible_to(request.user)
    at = timezone.now()
    context = {
        "section": "inbox",
        "unit": unit,
        "at": at,
        "owed_count": received.answered_by(unit).outstanding().count(),
    }
    if request.GET.get("show") == "confirmed":
        table = ConfirmedTable(received.for_archive(unit))
        configure(request, table, per_page=50)
        return render(request, "distribution/inbox_confirmed.html", {**context, "table": table})
    owed = with_replacing(received.for_inbox(unit, at), request.user)
    page = Paginator(owed, LETTERS_PER_PAGE).get_page(request.GET.get("page"))
    context["withdrawn"] = recently_withdrawn(request.user, unit, at)
    return render(request, "distribution/inbox.html", {**context, "owed": page})


@require_POST
def acknowledge_several(request: ActingRequest, agency: int) -> HttpResponse:
    """Confirm the ticked letters of one inbox."""
    unit = _own_unit(request, agency)
    chosen = _uuids(request.POST.getlist("delivery"))
    if not chosen:
        messages.error(request, _("No letter was ticked. Tick the letters that the unit has, then confirm."))
        return redirect("unit_inbox", unit.pk)
    try:
        outcomes = acknowledging.acknowledge_several(
            deliveries=chosen, agency=unit, by=request.user, at=timezone.now()
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
        messages.success(request, message % {"count": len(confirmed), "unit": unit, "letters": letters})
    for outcome in outcomes:
        if not outcome.first:
            messages.info(request, f"{outcome.delivery.circular}: {already_confirmed(outcome.delivery)}")
    return redirect("unit_inbox", unit.pk)


def _own_unit(request: ActingRequest, agency: int) -> Agency:
    held = Membership.objects.agencies_of(request.user, Role.RECIPIENT)
    return get_object_or_404(Agency, pk=agency, pk__in=held)


def _uuids(values: Iterable[str]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            raise Http404 from None
    return found
