"""Change the due time of a sent letter, for all recipients or for one: entry, preview, change."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.calendar import free_due_days
from agencies.models import Agency
from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from circulars.models import Circular, Urgency
from distribution.forms.follow_up.change_due import ChangeDueForm
from distribution.models import Delivery
from distribution.reminders.due_times import due_moments
from distribution.reminders.plan import province_of
from distribution.services.follow_up.change_due import DueChange, change_due, preview_due_change
from distribution.services.follow_up.withdraw import AlreadyWithdrawn
from distribution.views.lists.way_back import redirect_with_way_back
from distribution.views.own_letters import own_unwithdrawn_letter, tell_refused, withdrawn_meanwhile

LISTED = ("later", "earlier", "personal", "below_personal", "below_later", "below_earlier")
"""The lists of a DueChange that the preview names."""

MOST_DUE_TIMES = 5
"""Present due times that the page lists."""


@require_http_methods(["GET", "HEAD", "POST"])
def change_for_all(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Change the due time for all recipients that owe something."""
    return _change(request, own_unwithdrawn_letter(request, letter), None)


@require_http_methods(["GET", "HEAD", "POST"])
def change_for_one(request: ActingRequest, letter: UUID, delivery: UUID) -> HttpResponse:
    """Change the due time for one recipient."""
    circular = own_unwithdrawn_letter(request, letter)
    direct = circular.deliveries.direct().select_related("agency")
    return _change(request, circular, get_object_or_404(direct, public_id=delivery))


def _change(request: ActingRequest, circular: Circular, delivery: Delivery | None) -> HttpResponse:
    """A POST previews the change, returns to the entry, or changes the due time, depending on the button."""
    step = request.POST.get("step", "")
    form = ChangeDueForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and step != "edit":
        if step == "look":
            until = form.cleaned_data["until"]
            found = preview_due_change(circular=circular, until=until, delivery=delivery)
            if until > timezone.now() and (found.direct or found.personal):
                return _preview(request, circular, delivery, form, found)
        try:
            done = change_due(
                circular=circular, delivery=delivery, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ActionRefused as refused:
            tell_refused(form, refused)
        except AlreadyWithdrawn:
            return withdrawn_meanwhile(request, circular.public_id)
        else:
            messages.success(request, _done_words(done))
            if delivery is not None:
                return redirect_with_way_back(request, "recipient", circular.public_id, delivery.public_id)
            return redirect_with_way_back(request, "letter", circular.public_id)
    owing = circular.deliveries.direct().owing().filter(due_at__isnull=False)
    if delivery is not None:
        owing = owing.filter(pk=delivery.pk)
    due = due_moments(owing)
    context = {
        **_context(circular, delivery, form),
        "due_times": due[:MOST_DUE_TIMES],
        "more_due_times": len(due) > MOST_DUE_TIMES,
        "owing": sum(units for _due, units in due),
        "urgent": circular.urgency == Urgency.URGENT,
    }
    return render(request, "distribution/change_due.html", context)


def _preview(
    request: ActingRequest,
    circular: Circular,
    delivery: Delivery | None,
    form: ChangeDueForm,
    found: DueChange,
) -> HttpResponse:
    context = {
        **_context(circular, delivery, form),
        "found": found,
        "free_due_days": free_due_days(
            form.cleaned_data["until"], {province_of(each) for each in (*found.direct, *found.personal)}
        ),
        "units": {name: _units(getattr(found, name)) for name in LISTED},
        "until": form.cleaned_data["until"],
        "reason": form.cleaned_data["reason"],
    }
    return render(request, "distribution/change_due_preview.html", context)


def _context(circular: Circular, delivery: Delivery | None, form: ChangeDueForm) -> dict[str, Any]:
    return {"section": "letters", "circular": circular, "delivery": delivery, "form": form}


def _units(deliveries: list[Delivery]) -> list[Agency]:
    return [each.answering_unit for each in deliveries]


def _done_words(done: DueChange) -> str:
    return _("The due time is changed. Later: %(later)d, earlier: %(earlier)d.") % {
        "later": len(done.later),
        "earlier": len(done.earlier),
    }
