"""Planning reminders: each delivery learns when it is reminded next.

Deliveries of one letter, due time and province have the same plan, so that a letter to 10,000 units costs a few
UPDATEs. What was confirmed meanwhile is not planned anew; the sweep finds out when its moment comes.
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
"""Steps that a standstill missed are caught up on for so long; older ones count as passed."""

LOOK_BACK = timedelta(days=60)
"""How long before a moment leaves are read: a step before the due time counts backwards."""

Group = tuple[int, datetime | None, datetime, str | None]
"""Letter, due time, dispatch and province: deliveries that share them have the same plan."""


def plan_dispatched(*, at: datetime) -> int:
    """Plan the letters that were sent and not planned yet. Returns how many."""
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
    """Plan these deliveries anew: they were added, or their due time, unit or schedule changed.

    Steps whose moment has passed by then are not caught up on. The caller holds the deliveries' row locks. The
    queries don't grow with the deliveries, of whatever letters they are.
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
    """Plan every delivery of the letter anew, without catching up. The caller holds the circular's row lock."""
    deliveries = Delivery.objects.filter(circular=circular)
    _lock(deliveries)
    _plan(deliveries, lambda sent_at: at)


def _lock(deliveries: DeliveryQuerySet) -> None:
    """In one order, so that two who lock several can't block each other."""
    list(deliveries.owing().select_for_update(no_key=True).order_by("pk").values_list("pk"))


def province_of(delivery: Delivery) -> str | None:
    """The plate code of the unit that answers for it; by its calendar the delivery runs."""
    return (delivery.successor and delivery.successor.province_id) or delivery.agency.province_id


def _with_province(deliveries: DeliveryQuerySet) -> Any:
    """Those that owe something, each with the `province` by whose calendar it runs."""
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
    """When each group is reminded next and how many steps are behind it.

    `passed_at` gives, for the moment of the sending, the one until which steps count as passed.
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
