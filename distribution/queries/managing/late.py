"""What became late since a person last looked, and what is long overdue. Both are owed: confirmations and answers."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from agencies.calendar import calendar_for
from agencies.models import Agency, User
from distribution.models import BoardSettings, Delivery

FIRST_LOOK = timedelta(days=7)
"""Whoever never said to have looked sees what became late in this time."""


def became_late(since: datetime, at: datetime) -> Q:
    """Deliveries whose due time passed between the two moments."""
    return Q(due_at__gte=since, due_at__lt=at)


def looked_at(person: User, unit: Agency, at: datetime) -> datetime:
    """The moment up to which the person has looked at what became late; FIRST_LOOK ago if never."""
    found = BoardSettings.objects.filter(person=person, unit=unit).values_list("late_looked_at", flat=True)
    return found.first() or at - FIRST_LOOK


def working_days_late(rows: Iterable[Delivery], at: datetime) -> dict[int, int]:
    """By delivery, the working days of the whole country that have begun since its due day. One query, or none."""
    due = {row.pk: timezone.localdate(row.due_at) for row in rows if row.due_at is not None}
    if not due:
        return {}
    day, today, begun = min(due.values()), timezone.localdate(at), 0
    calendar = calendar_for(None, day, today)
    begun_on = {day: 0}
    while day < today:
        day += timedelta(days=1)
        begun += calendar.is_working_day(day)
        begun_on[day] = begun
    return {pk: begun - begun_on.get(day, begun) for pk, day in due.items()}
