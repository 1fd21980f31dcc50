"""Plan reminders: compute `next_reminder_at` of each delivery.

Deliveries with the same letter, due time and province have the same plan, which is computed once. One UPDATE writes
the plans of many. A delivery that has been confirmed is not replanned; the sweep skips it when its time comes.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from agencies.calendar import WorkingCalendar, calendars_for
from circulars.models import Circular, Status, Urgency
from distribution.models import Delivery
from distribution.models.bulk import update_many
from distribution.models.deliveries.conditions import answering_province
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.reminders.schedule import Schedules, moments

MISSED_FOR = timedelta(days=7)
"""Steps missed during an outage are caught up on for this long; older ones count as done."""

LOOK_BACK = timedelta(days=60)
"""Period before the first moment for which holidays are loaded, because steps before the due time count backwards."""

MOST_AT_ONCE = 20_000
"""Deliveries in one UPDATE."""

Group = tuple[int, datetime | None, datetime, str | None, int]
"""Letter, due time, dispatch, province and steps done. Deliveries with the same values have the same plan."""

Passed = Callable[[Group, Circular, WorkingCalendar], Callable[[datetime], bool]]
"""For a group, its letter and its calendar: whether a step of that moment counts as passed."""


def plan_dispatched(*, at: datetime) -> int:
    """Plan the dispatched letters that aren't planned yet. Returns how many."""
    waiting = Circular.objects.filter(status=Status.DISPATCHED, reminders_planned_at=None)
    planned = 0
    for pk in list(waiting.values_list("pk", flat=True)):
        planned += _plan_letter(pk, at)
    return planned


@transaction.atomic
def _plan_letter(pk: int, at: datetime) -> bool:
    circular = (
        Circular.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(pk=pk, reminders_planned_at=None)
        .first()
    )
    if circular is None:
        return False
    deliveries = Delivery.objects.filter(circular=circular)
    _lock(deliveries)
    _plan(deliveries, lambda group, circular, calendar: max(group[2], at - MISSED_FOR).__ge__)
    Circular.objects.filter(pk=pk).update(reminders_planned_at=at)
    return True


@transaction.atomic
def plan_reminders(*, deliveries: Iterable[Delivery], at: datetime) -> None:
    """Replan these deliveries after they were added, or their due time or unit changed.

    Steps before `at` are not caught up on. The caller must hold the deliveries' row locks. The number of
    queries doesn't depend on the number of deliveries.
    """
    given = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
    _plan(given, lambda group, circular, calendar: at.__ge__)


@transaction.atomic
def replan_letter(*, circular: Circular, before: Schedules, at: datetime) -> None:
    """Replan all deliveries of the letter after its schedule changed; `before` holds the former steps.

    The caller must hold the circular's row lock. See `_as_far_as`.
    """
    deliveries = Delivery.objects.filter(circular=circular)
    _lock(deliveries)
    _plan(deliveries, _as_far_as(before, at))


@transaction.atomic
def replan_default(*, kind: Urgency, before: Schedules, at: datetime) -> None:
    """Replan the deliveries that follow the default of this kind after it changed; `before` holds the former one.

    Locks the letters, then the deliveries. See `_as_far_as`.
    """
    sent = Circular.objects.filter(
        status=Status.DISPATCHED,
        has_own_reminders=False,
        reminders_planned_at__isnull=False,
        withdrawn_at=None,
    )
    if kind == Urgency.URGENT:
        letters, copies = sent.filter(urgency=Urgency.URGENT), Delivery.objects.all()
    else:
        letters = sent.exclude(urgency=Urgency.URGENT)
        copies = Delivery.objects.filter(due_at__isnull=kind == Urgency.NORMAL)
    concerned = letters.filter(Exists(copies.owing().filter(circular=OuterRef("pk"))))
    found = list(concerned.values_list("pk", flat=True))
    locked = sent.filter(pk__in=found).select_for_update(no_key=True).order_by("pk")
    deliveries = copies.filter(circular__in=list(locked.values_list("pk", flat=True)))
    _lock(deliveries)
    _plan(deliveries, _as_far_as(before, at))


def _as_far_as(before: Schedules, at: datetime) -> Passed:
    """Go on where the former schedule stood: its steps until then passed, and those of the new one before `at`.

    A step of the former schedule that was due and not sent yet, because the letter was paused or the worker was
    away, holds the new one back to its moment, so that a step which both have is neither lost nor sent twice.
    """

    def passed(group: Group, circular: Circular, calendar: WorkingCalendar) -> Callable[[datetime], bool]:
        _circular_id, due_at, sent_at, _province, done = group
        steps = before.steps(circular, has_due=due_at is not None)
        waiting = moments(steps, calendar=calendar, sent_at=sent_at, due_at=due_at)[done:]
        if waiting and waiting[0].at <= at:
            return waiting[0].at.__gt__
        return at.__ge__

    return passed


def _lock(deliveries: DeliveryQuerySet) -> None:
    """Lock in order of id, to prevent deadlocks."""
    list(deliveries.owing().select_for_update(no_key=True).order_by("pk").values_list("pk"))


def province_of(delivery: Delivery) -> str | None:
    """Plate code of the answering unit's province, whose calendar applies."""
    return (delivery.successor and delivery.successor.province_id) or delivery.agency.province_id


def _with_province(deliveries: DeliveryQuerySet) -> Any:
    """Outstanding and unanswered deliveries, annotated with the `province` whose calendar applies."""
    return deliveries.owing().annotate(province=answering_province()).order_by()


def _plan(deliveries: DeliveryQuerySet, passed: Passed) -> None:
    owing = _with_province(deliveries)
    group_of: dict[int, Group] = {}
    present: dict[int, tuple[datetime | None, int]] = {}
    for pk, next_at, *group in owing.values_list(
        "pk", "next_reminder_at", "circular_id", "due_at", "created_at", "province", "reminders_done"
    ):
        group_of[pk], present[pk] = tuple(group), (next_at, group[-1])
    plans = _plans(set(group_of.values()), passed)
    changed = [
        Delivery(pk=pk, next_reminder_at=plans[group][0], reminders_done=plans[group][1])
        for pk, group in group_of.items()
        if plans[group] != present[pk]
    ]
    for begin in range(0, len(changed), MOST_AT_ONCE):
        update_many(changed[begin : begin + MOST_AT_ONCE], ["next_reminder_at", "reminders_done"])


def _plans(groups: Collection[Group], passed: Passed) -> dict[Group, tuple[datetime | None, int]]:
    """Next reminder and number of passed steps of each group."""
    if not groups:
        return {}
    circulars = Circular.objects.defer("body", "source_text").in_bulk({group[0] for group in groups})
    schedules = Schedules.of(list(circulars.values()))
    first = min(group[2] for group in groups)
    earliest = min([first, *(group[1] for group in groups if group[1] is not None)]) - LOOK_BACK
    calendars = calendars_for({group[3] for group in groups}, timezone.localdate(earliest))
    found = {}
    for group in groups:
        circular_id, due_at, sent_at, province, _done = group
        circular, calendar = circulars[circular_id], calendars[province]
        steps = schedules.steps(circular, has_due=due_at is not None)
        coming = moments(steps, calendar=calendar, sent_at=sent_at, due_at=due_at)
        has_passed = passed(group, circular, calendar)
        done = sum(has_passed(due.at) for due in coming)
        found[group] = (coming[done].at if done < len(coming) else None, done)
    return found
