"""Add a recipient to a sent letter, and remove one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.models import Agency
from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from circulars.models import Purpose
from distribution.forms.follow_up.recipients import AddForm, RemoveForm
from distribution.models import Delivery
from distribution.services.follow_up.recipients import add_recipient, remove_recipient
from distribution.services.follow_up.withdraw import AlreadyWithdrawn
from distribution.views.follow_up.unit_choice import choose_unit, usual_due
from distribution.views.own_letters import own_unwithdrawn_letter, tell_refused, withdrawn_meanwhile


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Search for the unit, enter its purpose, send the letter to it."""
    circular = own_unwithdrawn_letter(request, letter)
    now = timezone.now()
    choice = choose_unit(request, circular, among=Agency.objects.active(timezone.localdate(now)))
    unit = choice.unit
    initial = {"purpose": Purpose.ACTION, "due_at": usual_due(circular, unit, now)}
    form = AddForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        circular=circular,
        province=unit.province_id if unit is not None else None,
    )
    refusal = ""
    if unit is not None and form.is_bound and form.is_valid():
        try:
            add_recipient(
                circular=circular,
                agency=unit,
                purpose=form.cleaned_data["purpose"],
                due_at=form.cleaned_data.get("due_at"),
                by=request.user,
                at=now,
            )
        except ActionRefused as refused:
            refusal = tell_refused(form, refused)
        except AlreadyWithdrawn:
            return withdrawn_meanwhile(request, letter)
        else:
            messages.success(request, _("The letter is sent to %(unit)s too.") % {"unit": unit.name})
            return redirect("letter", letter)
    context = {"section": "letters", "circular": circular, "form": form, "refusal": refusal}
    context |= choice.context()
    return render(request, "distribution/add_recipient.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: ActingRequest, letter: UUID, delivery: UUID) -> HttpResponse:
    """The effects of a removal; a POST removes the unit."""
    circular = own_unwithdrawn_letter(request, letter)
    direct = circular.deliveries.direct().live().select_related("agency", "circular")
    found = get_object_or_404(direct, public_id=delivery)
    form = RemoveForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            closed = remove_recipient(
                delivery=found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
        except ActionRefused as refused:
            tell_refused(form, refused)
        except AlreadyWithdrawn:
            return withdrawn_meanwhile(request, letter)
        else:
            words = ngettext(
                "%(unit)s is taken off the distribution.",
                "%(unit)s is taken off the distribution, with %(below)d units below it.",
                closed,
            )
            messages.success(request, words % {"unit": found.agency.name, "below": closed - 1})
            return redirect("letter", letter)
    below = Delivery.objects.filter(parent__isnull=False, path__contains=[found.pk]).live().count()
    context = {"section": "letters", "circular": circular, "delivery": found, "form": form, "below": below}
    return render(request, "distribution/remove_recipient.html", context)
