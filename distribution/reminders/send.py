"""Automatic reminders: remind units that haven't confirmed or answered, and escalate at the end of the schedule.

1. lock a batch of deliveries whose reminder is due, skipping locked ones
2. skip those that are done; outside the recipient's working time postpone to the next working morning
3. write one reminder, however many steps were missed, and the escalation if its step is due
4. set the moment of the next step
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import transaction
from django.utils import timezone

from agencies.access import people_of
from agencies.calendar import WorkingCalendar, calendars_for
from agencies.models import Agency, Role, User
from agencies.models.succession import active_or_successor
from circulars.models import Urgency
from distribution.event_log import EscalatedData, Step, append_events
from distribution.models import Delivery, Notice, NoticeKind, StepAction
from distribution.models.notices.notice_details import EndsWith, EscalationDetails, ReminderDetails, Told
from distribution.outbox.digest import bundle_at_once, form_digests
from distribution.outbox.write import post, reads, to_person, to_unit
from distribution.queries.receiving.assignments import assignees_of
from distribution.reminders.plan import LOOK_BACK, plan_dispatched, province_of
from distribution.reminders.schedule import Due, Schedules, moments

BATCH_SIZE = 1000
LONGEST_SECONDS = 200
"""A sweep stops after this many seconds, below its task's time limit; the next one continues."""

DIGESTS_WAIT = timedelta(minutes=15)
"""How long digests wait in the morning for reminders locked by another transaction."""


def sweep_reminders(*, at: datetime) -> int:
    """Every minute: plan new letters, send due reminders, form the morning digests.

    Returns the number of deliveries processed.
    """
    plan_dispatched(at=at)
    looked_at, end = 0, monotonic() + LONGEST_SECONDS
    while monotonic() < end and (taken := remind_due(at=at)):
        looked_at += taken
    morning = WorkingCalendar().morning_of(timezone.localtime(at).date())
    if at > morning + DIGESTS_WAIT or not Delivery.objects.filter(next_reminder_at__lte=at).exists():
        form_digests(at=at)
    return looked_at


@dataclass
class _Batch:
    """Rows to write for one batch of deliveries; `assignees` are the people to whom they are assigned, by id."""

    assignees: dict[int, User]
    reminders: list[Notice | None] = field(default_factory=list)
    escalations: list[Notice] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    plans: dict[tuple[datetime | None, int], list[int]] = field(default_factory=dict)
    coming: dict[tuple[Any, ...], list[Due]] = field(default_factory=dict)
    """Cache of the steps, by letter, moments and province."""
    active_units: dict[int, Agency | None] = field(default_factory=dict)
    """Cache of the active unit for each unit: itself or its successor."""

    def active_unit(self, unit: Agency | None, at: datetime) -> Agency | None:
        if unit is not None and unit.pk not in self.active_units:
            self.active_units[unit.pk] = active_or_successor(unit, timezone.localdate(at))
        return self.active_units[unit.pk] if unit is not None else None

    def plan(self, delivery: Delivery, next_at: datetime | None, done: int) -> None:
        self.plans.setdefault((next_at, done), []).append(delivery.pk)


@transaction.atomic
def remind_due(*, at: datetime) -> int:
    """Process one batch of due deliveries. Returns its size; 0 means that none is left."""
    deliveries = list(
        Delivery.objects.filter(next_reminder_at__lte=at)
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
        .select_related(
            "circular__issuer",
            "agency__parent",
            "successor__parent",
            "parent__agency",
            "parent__successor",
        )
        .defer("circular__body", "circular__source_text")
        .order_by("next_reminder_at", "pk")[:BATCH_SIZE]
    )
    if not deliveries:
        return 0
    circulars = {delivery.circular_id: delivery.circular for delivery in deliveries}
    schedules = Schedules.of(list(circulars.values()))
    earliest = min([at, *(each.created_at for each in deliveries)]) - LOOK_BACK
    calendars = calendars_for(map(province_of, deliveries), timezone.localtime(earliest).date())
    today = timezone.localdate(at)
    managers = people_of({each.issuer_id for each in circulars.values()}, Role.MANAGER, today)
    batch = _Batch(assignees=assignees_of(deliveries, on=today))
    for delivery in deliveries:
        _remind(delivery, batch, schedules, calendars[province_of(delivery)], managers, at)
    written = post([*batch.reminders, *batch.escalations])
    bundle_at_once(notices=[each for each in written if each.kind == NoticeKind.ESCALATION], at=at)
    append_events(steps=batch.steps, at=at)
    for (next_at, done), pks in batch.plans.items():
        Delivery.objects.filter(pk__in=pks).update(next_reminder_at=next_at, reminders_done=done)
    return len(deliveries)


def ends_with(delivery: Delivery) -> EndsWith:
    """What ends the reminders: the confirmation, or with a due time the answer (for copies for Gereği)."""
    return EndsWith.ACKNOWLEDGEMENT if delivery.due_at is None else EndsWith.ANSWER


def owes(delivery: Delivery) -> bool:
    """Whether there is still something to be reminded of."""
    return delivery.is_outstanding if delivery.due_at is None else delivery.is_owing


def _remind(
    delivery: Delivery,
    batch: _Batch,
    schedules: Schedules,
    calendar: WorkingCalendar,
    managers: dict[int, list[User]],
    at: datetime,
) -> None:
    circular, done = delivery.circular, delivery.reminders_done
    urgent = circular.urgency == Urgency.URGENT
    if not owes(delivery):
        batch.plan(delivery, None, done)
        return
    if circular.paused_at is not None:
        batch.plan(delivery, _later(calendar, urgent, at), done)
        return
    if not urgent and not calendar.is_working(at):
        batch.plan(delivery, calendar.next_working_morning(at), done)
        return
    same = (circular.pk, delivery.created_at, delivery.due_at, province_of(delivery))
    coming = batch.coming.get(same)
    if coming is None:
        steps = schedules.steps(circular, has_due=delivery.due_at is not None)
        coming = batch.coming[same] = moments(
            steps, calendar=calendar, sent_at=delivery.created_at, due_at=delivery.due_at
        )
    passed = [due for due in coming[done:] if due.at <= at]
    batch.plan(delivery, _next(coming, done + len(passed)), done + len(passed))
    actions = {due.step.action for due in passed}
    if StepAction.REMIND in actions:
        details = ReminderDetails(ends_with=ends_with(delivery), due_at=delivery.due_at)
        own = to_unit(
            delivery.answering_unit,
            delivery=delivery,
            kind=NoticeKind.REMINDER,
            at=passed[-1].at,
            details=details,
            in_digest=not urgent,
        )
        batch.reminders.append(own)
        assignee = batch.assignees.get(delivery.pk)
        if assignee and not (own and reads(assignee, channel=own.channel, address=own.address)):
            batch.reminders.append(
                to_person(
                    assignee,
                    delivery=delivery,
                    kind=NoticeKind.ASSIGNED_REMINDER,
                    at=passed[-1].at,
                    details=details,
                    in_digest=not urgent,
                )
            )
    if StepAction.ESCALATE in actions:
        above = batch.active_unit(delivery.answering_unit.parent, at)
        giver = batch.active_unit(delivery.parent.answering_unit if delivery.parent else None, at)
        told = _escalations(delivery, above, giver, managers[circular.issuer_id], passed[-1].at, urgent)
        batch.escalations += told
        if not told:
            batch.steps.append(Step(delivery, EscalatedData(nobody_told=True)))


def _next(coming: list[Due], done: int) -> datetime | None:
    return coming[done].at if done < len(coming) else None


def _later(calendar: WorkingCalendar, urgent: bool, at: datetime) -> datetime:
    hour = at + timedelta(hours=1)
    return hour if urgent else calendar.next_working_morning(hour)


def _escalations(
    delivery: Delivery,
    above: Agency | None,
    giver: Agency | None,
    managers: Collection[User],
    at: datetime,
    urgent: bool,
) -> list[Notice]:
    """Notices to the unit above the recipient, and to the issuer's managers or the unit that passed the letter on."""
    above = None if above == delivery.answering_unit else above

    def details(told: Told) -> EscalationDetails:
        return EscalationDetails(
            ends_with=ends_with(delivery),
            due_at=delivery.due_at,
            told_as=told,
            no_unit_above=True if above is None else None,
        )

    def to(told: Told, agency: Agency) -> Notice | None:
        return to_unit(
            agency,
            delivery=delivery,
            kind=NoticeKind.ESCALATION,
            at=at,
            details=details(told),
            in_digest=not urgent,
        )

    found: list[Notice | None] = []
    if above is not None and above != giver:
        found.append(to(Told.ABOVE, above))
    if giver is not None:
        found.append(to(Told.GIVER, giver))
        return [notice for notice in found if notice is not None]
    people = [
        to_person(
            person,
            delivery=delivery,
            kind=NoticeKind.ESCALATION,
            at=at,
            details=details(Told.MANAGER),
            in_digest=not urgent,
        )
        for person in managers
    ]
    found += people if any(people) else [to(Told.ISSUER, delivery.circular.issuer)]
    return [notice for notice in found if notice is not None]
