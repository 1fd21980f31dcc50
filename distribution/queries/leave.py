"""What is due on free days: for the page of declared leave, and for the senders of a letter."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from agencies.calendar import HALF_DAY_END, FreeDueDay, free_due_days, moment_on
from agencies.models import DeclaredLeave
from circulars.models import Circular
from distribution.models import Delivery
from distribution.models.deliveries.conditions import answering_province

MOST_LETTERS = 20
"""Letters named on the list of sent letters."""

MOST_DUE_TIMES = 10
"""Due times of one letter that are looked at."""


def due_within(leaves: Collection[DeclaredLeave]) -> dict[int, int]:
    """For each leave the number of copies owed whose due time lies in it. One query for all of them."""
    if not leaves:
        return {}
    first = min(leave.first_day for leave in leaves)
    last = max(leave.last_day for leave in leaves)
    owed = Delivery.objects.owing().filter(
        due_at__gte=moment_on(first, time.min), due_at__lt=moment_on(last + timedelta(days=1), time.min)
    )
    counts = {f"leave{leave.pk}": Count("pk", filter=_within(leave)) for leave in leaves}
    found = owed.annotate(province=answering_province()).aggregate(**counts)
    return {leave.pk: found[f"leave{leave.pk}"] for leave in leaves}


def free_due_days_of(circular: Circular, *, at: datetime) -> list[tuple[FreeDueDay, int]]:
    """Due times of the letter's open direct copies, still to come, at which nobody is at work, with their number.

    One query for the copies, one for the leave, and one for each due time that is free in some provinces only.
    """
    owed = Delivery.objects.direct().filter(circular=circular, due_at__gt=at).owing()
    counted = owed.annotate(province=answering_province()).order_by("due_at")
    by_due: dict[datetime, dict[str | None, int]] = {}
    for due, province, units in counted.values_list("due_at", "province").annotate(units=Count("pk")):
        by_due.setdefault(due, {})[province] = units
    found = []
    for due, units_in in list(by_due.items())[:MOST_DUE_TIMES]:
        for free in free_due_days(due, units_in):
            units = sum(units for plate, units in units_in.items() if not free.plates or plate in free.plates)
            found.append((free, units))
    return found


@dataclass(frozen=True)
class DueInLeave:
    """A letter with a fixed due time that lies in leave declared since, and the number of copies it is open for."""

    public_id: UUID
    subject: str
    number: str
    units: int


def due_in_leave(circulars: QuerySet[Circular], *, at: datetime) -> list[DueInLeave]:
    """Letters of these with open direct copies due at a moment within declared leave; two queries at most.

    Due times in working days follow the leave by themselves.
    """
    leaves = list(DeclaredLeave.objects.filter(removed_at=None, last_day__gte=timezone.localdate(at)))
    if not leaves:
        return []
    within = reduce(or_, (_within(leave) for leave in leaves))
    owed = Delivery.objects.direct().owing().filter(circular__in=circulars, due_at__gt=at)
    fixed = owed.filter(circular__due_working_days=None).annotate(province=answering_province())
    names = ("circular__public_id", "circular__subject", "circular__number")
    counted = fixed.filter(within).order_by("circular__dispatched_at").values_list(*names)
    return [DueInLeave(*row) for row in counted.annotate(units=Count("pk"))[:MOST_LETTERS]]


def _within(leave: DeclaredLeave) -> Q:
    begin = moment_on(leave.first_day, HALF_DAY_END if leave.afternoon_only else time.min)
    found = Q(due_at__gt=begin, due_at__lt=moment_on(leave.last_day + timedelta(days=1), time.min))
    return found if leave.province_id is None else found & Q(province=leave.province_id)
