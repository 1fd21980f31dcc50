"""The reminder schedule of a letter: dates, recipients concerned, reminders sent; and changing it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.calendar import calendar_for
from agencies.views.acting import ActingRequest
from agencies.views.guards import for_administrators
from circulars.models import Circular, Urgency
from distribution.forms.sending.change_schedule import ReminderStepForm
from distribution.models import DeliveryEvent, EventKind, ReminderStep
from distribution.queries.sending.board import letter_figures
from distribution.reminders.due_times import due_moments, due_times
from distribution.reminders.schedule import BUILT_IN, Schedules, dated_words, in_words, moments
from distribution.services.sending.change_schedule import (
    NotASchedule,
    set_default_schedule,
    set_letter_schedule,
)

MOST_DAYS = 60


@require_http_methods(["GET", "HEAD", "POST"])
def letter_reminders(request: ActingRequest, letter: UUID) -> HttpResponse:
    """The letter's schedule; a POST of its sender adds or removes a step, or restores the default."""
    visible = Circular.objects.visible_to(request.user).select_related("issuer", "dispatched_by")
    circular = get_object_or_404(visible, public_id=letter)
    has_due = circular.due_at is not None or circular.due_working_days is not None
    steps = Schedules.of([circular]).steps(circular, has_due=has_due)
    form = ReminderStepForm(
        request.POST if request.POST.get("act") == "add" else None, urgency=circular.urgency, has_due=has_due
    )
    if request.method == "POST":
        if circular.issuer not in request.acting.sends_for or circular.is_withdrawn:
            raise Http404
        try:
            changed = _changed(request.POST, steps, form)
            if not form.errors:
                set_letter_schedule(circular=circular, steps=changed, by=request.user, at=timezone.now())
                messages.success(request, _("The reminders are changed."))
                return redirect("letter_reminders", letter)
        except NotASchedule as error:
            _say(request, form, error)
    return _letter_page(request, circular, steps, form)


def _letter_page(
    request: ActingRequest, circular: Circular, steps: Sequence[ReminderStep], form: ReminderStepForm
) -> HttpResponse:
    at = timezone.now()
    sent_at = circular.dispatched_at or at
    deliveries = circular.deliveries.all()
    due_at, others = circular.due_at, 0
    if circular.is_draft:
        due_at = due_times(circular=circular, recipients=[], at=at).country
    elif dues := due_moments(deliveries.direct().owing()):
        (due_at, _units), *rest = dues
        others = sum(units for _due, units in rest)
    calendar = calendar_for(None, timezone.localdate(sent_at))
    dated = moments(steps, calendar=calendar, sent_at=sent_at, due_at=due_at)
    planned = (
        deliveries.owing()
        .filter(next_reminder_at__isnull=False)
        .order_by("next_reminder_at")
        .values_list("next_reminder_at")
        .annotate(units=Count("pk"))
    )
    told = (
        DeliveryEvent.objects.filter(
            delivery__circular=circular, kind__in=[EventKind.REMINDED, EventKind.ESCALATED]
        )
        .order_by()
        .annotate(day=TruncDate("at"))
        .values_list("day", "kind")
        .annotate(count=Count("delivery", distinct=True))
        .order_by("-day", "kind")
    )
    context = {
        "section": "letters" if request.acting.sends else "board",
        "circular": circular,
        "figures": letter_figures(circular),
        "unanswered": deliveries.direct().unanswered().count() if due_at else 0,
        "steps": [
            _shown(due.step, at=due.at, now=at)
            | {"words": dated_words(due, due_at=due_at, calendar=calendar)}
            for due in dated
        ],
        "due_at": due_at,
        "others": others,
        "planned": planned[:MOST_DAYS],
        "told": [(day, EventKind(kind).label, count) for day, kind, count in told[:MOST_DAYS]],
        "form": form,
        "may_change": circular.issuer in request.acting.sends_for and not circular.is_withdrawn,
        "at": at,
    }
    return render(request, "distribution/letter_reminders.html", context)


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def default_reminders(request: ActingRequest) -> HttpResponse:
    """The default schedules of each urgency."""
    schedules = Schedules.of([])
    wanted = request.POST.get("urgency", "")
    forms = {
        urgency: ReminderStepForm(
            request.POST if request.POST.get("act") == "add" and urgency == wanted else None,
            urgency=urgency,
            has_due=urgency == Urgency.TIMED,
            auto_id=f"id_{urgency.name.lower()}_%s",
        )
        for urgency in Urgency
    }
    if request.method == "POST":
        if wanted not in Urgency.values:
            raise Http404
        urgency = Urgency(wanted)
        form = forms[urgency]
        try:
            changed = _changed(request.POST, schedules.default(urgency), form)
            if not form.errors:
                set_default_schedule(urgency=urgency, steps=changed, by=request.user, at=timezone.now())
                messages.success(request, _("The default reminders are changed."))
                return redirect("default_reminders")
        except NotASchedule as error:
            _say(request, form, error)
    context = {
        "section": "administration",
        "defaults": [
            (
                urgency,
                [_shown(step) for step in schedules.default(urgency)],
                not schedules.defaults.get(urgency),
                forms[urgency],
            )
            for urgency in BUILT_IN
        ],
    }
    return render(request, "distribution/default_reminders.html", context)


def _say(request: ActingRequest, form: ReminderStepForm, error: NotASchedule) -> None:
    """Show the refusal at the form if it was submitted, otherwise at the top of the page."""
    if form.is_bound:
        form.add_error(None, str(error))
    else:
        messages.error(request, str(error))


def _changed(
    posted: QueryDict, steps: Sequence[ReminderStep], form: ReminderStepForm
) -> list[ReminderStep] | None:
    """The schedule after the change. Raises Http404 for an unknown action or step."""
    match posted.get("act"):
        case "default":
            return None
        case "none":
            return []
        case "add":
            return [*steps, form.step()] if form.is_valid() else list(steps)
        case "remove" if posted.get("step") in {step.key for step in steps}:
            return [step for step in steps if step.key != posted["step"]]
    raise Http404


def _shown(step: ReminderStep, at: datetime | None = None, now: datetime | None = None) -> dict[str, Any]:
    return {
        "key": step.key,
        "words": in_words(step),
        "action": step.get_action_display(),
        "at": at,
        "passed": at is not None and now is not None and at <= now,
    }
