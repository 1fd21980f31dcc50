"""Changes of a sent letter's recipients: one more, one less, more time."""

from datetime import datetime
from uuid import UUID

from django import forms
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
from circulars.models import Circular, Purpose, Urgency
from distribution.forms.recipients import AddForm, ExtendForm, RemoveForm
from distribution.models import Delivery
from distribution.reminders.due_times import due_times
from distribution.services.sending.change_due import extend_due
from distribution.services.sending.recipients import add_recipient, remove_recipient
from distribution.services.sending.withdraw import AlreadyWithdrawn
from distribution.views.sending.own_letters import own_standing_letter

MOST_FOUND = 20


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Find the forgotten unit, say for what it gets the letter, send it."""
    circular = own_standing_letter(request, letter)
    today = timezone.localdate()
    query = request.GET.get("q", "").strip()
    unit = _chosen_unit(request.POST.get("unit") or request.GET.get("unit", ""))
    now = timezone.now()
    initial = {"purpose": Purpose.ACTION, "due_at": _usual_due(circular, unit, now)}
    form = AddForm(request.POST if request.method == "POST" else None, initial=initial, circular=circular)
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
            refusal = _tell_refused(form, refused)
        except AlreadyWithdrawn:
            return _taken_back(request, letter)
        else:
            messages.success(request, _("The letter is sent to %(unit)s too.") % {"unit": unit.name})
            return redirect("letter", letter)
    found = (
        Agency.objects.active(today).search(query).select_related("parent")
        if query
        else Agency.objects.none()
    )
    holders = Delivery.objects.filter(
        circular=circular, withdrawn_at=None, agency__in=list(found[:MOST_FOUND])
    )
    context = {
        "section": "letters",
        "circular": circular,
        "query": query,
        "found": found[:MOST_FOUND],
        "has_it": set(holders.values_list("agency_id", flat=True)),
        "unit": unit,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "distribution/takeback/add.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: ActingRequest, letter: UUID, delivery: UUID) -> HttpResponse:
    """What is closed with it and why; a POST takes the unit off."""
    circular = own_standing_letter(request, letter)
    direct = circular.deliveries.direct().live().select_related("agency", "circular")
    found = get_object_or_404(direct, public_id=delivery)
    form = RemoveForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            closed = remove_recipient(
                delivery=found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
        except ActionRefused as refused:
            _tell_refused(form, refused)
        except AlreadyWithdrawn:
            return _taken_back(request, letter)
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
    return render(request, "distribution/takeback/remove.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def extend_all(request: ActingRequest, letter: UUID) -> HttpResponse:
    """More time for everyone who owes something."""
    return _extend(request, own_standing_letter(request, letter), None)


@require_http_methods(["GET", "HEAD", "POST"])
def extend_one(request: ActingRequest, letter: UUID, delivery: UUID) -> HttpResponse:
    """More time for one recipient."""
    circular = own_standing_letter(request, letter)
    direct = circular.deliveries.direct().select_related("agency")
    return _extend(request, circular, get_object_or_404(direct, public_id=delivery))


def _extend(request: ActingRequest, circular: Circular, delivery: Delivery | None) -> HttpResponse:
    form = ExtendForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            concerned = extend_due(
                circular=circular, delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ActionRefused as refused:
            _tell_refused(form, refused)
        except AlreadyWithdrawn:
            return _taken_back(request, circular.public_id)
        else:
            words = ngettext(
                "%(count)d unit has more time now.", "%(count)d units have more time now.", concerned
            )
            messages.success(request, words % {"count": concerned})
            if delivery is not None:
                return redirect("recipient", circular.public_id, delivery.public_id)
            return redirect("letter", circular.public_id)
    owing = circular.deliveries.direct().owing().filter(due_at__isnull=False)
    context = {
        "section": "letters",
        "circular": circular,
        "delivery": delivery,
        "form": form,
        "owing": owing.count(),
        "urgent": circular.urgency == Urgency.URGENT,
    }
    return render(request, "distribution/takeback/extend.html", context)


def _chosen_unit(chosen: str) -> Agency | None:
    if not (chosen.isascii() and chosen.isdecimal()) or len(chosen) > 18:
        return None
    return Agency.objects.active(timezone.localdate()).filter(pk=chosen).first()


def _usual_due(circular: Circular, unit: Agency | None, at: datetime) -> datetime | None:
    """The letter's due time as if it left now, if that is still to come."""
    if unit is None:
        return None
    due: datetime | None = due_times(circular=circular, recipients=[unit], at=at).of(unit)
    return due if due is not None and due > at else None


def _tell_refused(form: forms.Form, refused: ActionRefused) -> str:
    """The refusal beside its field; what has no field is returned."""
    if refused.field in form.fields:
        form.add_error(refused.field, str(refused))
        return ""
    return str(refused)


def _taken_back(request: ActingRequest, letter: UUID) -> HttpResponse:
    messages.error(request, _("The letter was taken back meanwhile. Nothing was changed."))
    return redirect("letter", letter)
