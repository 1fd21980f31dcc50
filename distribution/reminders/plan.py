"""Plan reminders: compute `next_reminder_at` of each delivery.

Deliveries with the same letter, due time and province have the same plan, so a letter to 10,000 units takes a
few UPDATEs. A delivery that has been confirmed is not replanned; the sweep skips it when its time comes.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import CharField, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from agencies.calendar import calendars_for
from circulars.models import Circular, Status
from distribution.models import Delivery
from distribution.models.bulk import update_many
from distribution.models.delivery import DeliveryQuerySet
from distribution.reminders.schedule import Schedules, moments

MISSED_FOR = timedelta(days=7)
"""Steps missed during an outage are caught up on for this long; older ones count as done."""

LOOK_BACK = timedelta(days=60)
"""Period before the first moment for which holidays are loaded, because steps before the due time count backwards."""

Group = tuple[int, datetime | None, datetime, str | None]
"""Letter, due time, dispatch and province. Deliveries with the same values have the same plan."""


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
    _plan(deliveries, lambda sent_at: max(sent_at, at - MISSED_FOR))
    Circular.objects.filter(pk=pk).update(reminders_planned_at=at)
    return True


@transaction.atomic
def plan_reminders(*, deliveries: Iterable[Delivery], at: datetime) -> None:
    """Replan these deliveries after they were added, or their due time, unit or schedule changed.

    Steps before `at` are not caught up on. The caller must hold the deliveries' row locks. The number of
    queries doesn't depend on the number of deliveries.
    """
    given = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
    rows = list(_with_province(given).only("circular_id", "due_at", "created_at"))
    groups = {row.pk: (row.circular_id, row.due_at, row.created_at, row.province) for row in rows}
    plans = _plans(set(groups.values()), lambda sent_at: at)
    for row in rows:
        row.next_reminder_at, row.reminders_done = plans[groups[row.pk]]
    update_many(rows, ["next_reminder_at", "reminders_done"])


@transaction.atomic
def replan_letter(*, circular: Circular, at: datetime) -> None:
    """Replan all deliveries of the letter without catching up. The caller must hold the circular's row lock."""
    deliveries = Delivery.objects.filter(circular=circular)
    _lock(deliveries)
    _plan(deliveries, lambda sent_at: at)


def _lock(deliveries: DeliveryQuerySet) -> None:
    """Lock in order of id, to prevent deadlocks."""
    list(deliveries.owing().select_for_update(no_key=True).order_by("pk").values_list("pk"))


def province_of(delivery: Delivery) -> str | None:
    """Plate code of the answering unit's province, whose calendar applies."""
    return (delivery.successor and delivery.successor.province_id) or delivery.agency.province_id


def _with_province(deliveries: DeliveryQuerySet) -> Any:
    """Outstanding and unanswered deliveries, annotated with the `province` whose calendar applies."""
    province = Coalesce("successor__province_id", "agency__province_id", output_field=CharField(null=True))
    return deliveries.owing().annotate(province=province).order_by()


def _plan(deliveries: DeliveryQuerySet, passed_at: Callable[[datetime], datetime]) -> None:
    owing = _with_province(deliveries)
    groups = set(owing.values_list("circular_id", "due_at", "created_at", "province").distinct())
    alike: dict[tuple[Any, ...], set[str | None]] = {}
    for (circular, due_at, sent_at, province), plan in _plans(groups, passed_at).items():
        alike.setdefault((circular, due_at, sent_at, *plan), set()).add(province)
    for (circular, due_at, sent_at, next_at, done), provinces in alike.items():
        there = Q(province__in=[province for province in provinces if province is not None])
        if None in provinces:
            there |= Q(province=None)
        concerned = owing.filter(there, circular_id=circular, created_at=sent_at, due_at=due_at)
        Delivery.objects.filter(pk__in=concerned.values("pk")).update(
            next_reminder_at=next_at, reminders_done=done
        )


def _plans(
    groups: Collection[Group], passed_at: Callable[[datetime], datetime]
) -> dict[Group, tuple[datetime | None, int]]:
    """Next reminder and number of passed steps of each group.

    `passed_at` maps the time of dispatch to the time until which steps count as passed.
    """
    if not groups:
        return {}
    circulars = Circular.objects.defer("body", "source_text").in_bulk({group[0] for group in groups})
    schedules = Schedules.of(list(circulars.values()))
    first = min(group[2] for group in groups)
    earliest = min([first, *(group[1] for group in groups if group[1] is not None)]) - LOOK_BACK
    calendars = calendars_for({group[3] for group in groups}, timezone.localdate(earliest))
    found = {}
    for group in groups:
        circular_id, due_at, sent_at, province = group
        steps = schedules.steps(circulars[circular_id], has_due=due_at is not None)
        coming = moments(steps, calendar=calendars[province], sent_at=sent_at, due_at=due_at)
        done = sum(due.at <= passed_at(sent_at) for due in coming)
        found[group] = (coming[done].at if done < len(coming) else None, done)
    return found
