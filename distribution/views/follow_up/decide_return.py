"""What follows a return: send it again, send it to another unit instead, accept it.

For the unit that gave the letter: its sender, or the unit that passed it on.
"""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Agency, AgencyQuerySet
from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from distribution.forms.follow_up.decide_return import AcceptReturnForm, SendAgainForm, SendInsteadForm
from distribution.models import Delivery
from distribution.outbox.messages import giver_path
from distribution.queries.receiving.relatives import may_receive_from
from distribution.queries.sending.returns import (
    decision_on,
    may_be_decided_on,
    may_be_sent_on,
    with_ways_of_return,
)
from distribution.services.follow_up import decide_return
from distribution.services.follow_up.withdraw import AlreadyWithdrawn
from distribution.views.follow_up.unit_choice import choose_unit, usual_due
from distribution.views.own_letters import tell_refused
from distribution.visibility import given_by


@require_http_methods(["GET", "HEAD", "POST"])
def send_again(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Send the returned copy to the same unit again, with a word to it."""
    found = _given(request, delivery)
    form = SendAgainForm(_posted(request), delivery=found)

    def act() -> str:
        decide_return.send_again(
            delivery=delivery,
            returned_at=form.cleaned_data["seen"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
        return _("Sent again. %(unit)s is told now.") % {"unit": found.answering_unit.name}

    return _decided(request, found, "send_again", form, act)


@require_http_methods(["GET", "HEAD", "POST"])
def send_instead(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Search for another unit and send the letter to it instead."""
    found = _given(request, delivery)
    now = timezone.now()
    choice = choose_unit(request, found.circular, among=_units_for(found))
    own_due = found.due_at if found.due_at is not None and found.due_at > now else None
    initial = {
        "due_at": own_due or (usual_due(found.circular, choice.unit, now) if not found.parent else None)
    }
    form = SendInsteadForm(_posted(request), delivery=found, initial=initial)
    unit = choice.unit

    def act() -> str:
        if unit is None:
            raise ActionRefused("unit", _("This unit can't get the letter. Choose another unit."))
        decide_return.send_instead(
            delivery=delivery,
            returned_at=form.cleaned_data["seen"],
            agency=unit,
            due_at=form.cleaned_data.get("due_at"),
            by=request.user,
            at=now,
        )
        return _("The letter is sent to %(unit)s instead.") % {"unit": unit.name}

    return _decided(request, found, "send_instead", form, act, choice.context())


@require_http_methods(["GET", "HEAD", "POST"])
def accept_return(request: ActingRequest, delivery: UUID) -> HttpResponse:
    """Accept the return: nothing more is expected of the unit."""
    found = _given(request, delivery)
    form = AcceptReturnForm(_posted(request), delivery=found)

    def act() -> str:
        decide_return.accept_return(
            delivery=delivery, returned_at=form.cleaned_data["seen"], by=request.user, at=timezone.now()
        )
        return _("The return is accepted. Nothing more is expected of %(unit)s.") % {
            "unit": found.answering_unit.name
        }

    return _decided(request, found, "accept_return", form, act)


def _decided(
    request: ActingRequest,
    found: Delivery,
    name: str,
    form: AcceptReturnForm,
    act: Callable[[], str],
    more: dict[str, object] | None = None,
) -> HttpResponse:
    """Run the action of a posted form and go back, or show the page. A return that is gone is said instead."""
    back, refusal = giver_path(found), ""
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, act())
        except Delivery.DoesNotExist:
            raise Http404 from None
        except AlreadyWithdrawn:
            messages.error(request, _("The letter was taken back meanwhile. Nothing was changed."))
            return redirect(back)
        except ActionRefused as refused:
            if refused.field == "seen":
                messages.error(request, f"{refused} {_typed(form)}".strip())
                return redirect(back)
            refusal = tell_refused(form, refused)
        else:
            return redirect(back)
    elif why := _why_not(found, name):
        messages.error(request, f"{why} {_typed(form)}".strip())
        return redirect(back)
    context = {
        "section": "letters" if found.parent is None else "inbox",
        "circular": found.circular,
        "delivery": found,
        "form": form,
        "refusal": refusal,
        "back": back,
    }
    return render(request, f"distribution/{name}.html", context | (more or {}))


def _given(request: ActingRequest, delivery: UUID) -> Delivery:
    """A delivery that the user's unit sent or passed on. Raises Http404."""
    given = with_ways_of_return(given_by(request.user)).select_related(
        "circular__issuer",
        "circular__superseded_by",
        "agency",
        "successor",
        "parent__agency",
        "parent__successor",
    )
    return get_object_or_404(given, public_id=delivery)


def _posted(request: ActingRequest) -> dict[str, object] | None:
    return request.POST if request.method == "POST" else None  # type: ignore[return-value]


def _units_for(found: Delivery) -> AgencyQuerySet:
    """Units to which the giver may send the letter."""
    if found.parent is not None:
        return may_receive_from(found.parent.answering_unit, circular=found.circular, at=timezone.now())
    return Agency.objects.active(timezone.localdate())


def _why_not(found: Delivery, name: str) -> str:
    """Why the page of this decision can't be shown; empty if it can."""
    decided = decision_on(found)
    if found.withdrawn_at is not None or found.circular.is_withdrawn:
        return _("There is nothing to decide: the letter was taken back.")
    if not may_be_decided_on(found, decided) or (decided is not None and name == "accept_return"):
        return _(
            "There is nothing to decide: the copy isn't returned any more, or the return was decided on."
        )
    if name != "accept_return" and not may_be_sent_on(found):
        return _(
            "The letter can't be sent on: a newer one took its place, or your own copy is no longer in force."
        )
    return ""


def _typed(form: forms.Form) -> str:
    """What the user had written, so that it can be copied."""
    words = form.data.get("reason", "").strip() if form.is_bound else ""
    return _("You had written: “%(words)s”") % {"words": words} if words else ""
