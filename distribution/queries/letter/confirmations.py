"""The confirmations of one letter by province and by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.calendar import FreeTime, WorkingCalendar, calendar_for
from agencies.models import Province
from circulars.models import Circular
from distribution.models.deliveries.conditions import OUTSTANDING, OWING
from distribution.queries.letter.copies import CONFIRMED, FunnelStep, Proof, counted_copies, proven_by
from distribution.queries.letter.listed import Listed, Lists
from distribution.queries.managing.provinces import NO_PROVINCE, Place, Places
from distribution.queries.sending.owed import Due, Owes, due_when

MOST_DAYS = 120
"""Days from the dispatch on that are shown one by one."""


@dataclass(frozen=True)
class LetterPlace(Place):
    """A province, or the units without one, with the letter's recipients there."""

    confirmed: Listed
    recorded: Listed
    """Those of the confirmed that only the sender recorded."""

    overdue: Listed


def by_province(circular: Circular, lists: Lists, *, at: datetime) -> Places:
    """The recipients by province in Turkish order, those without one last. Two queries."""
    counted = counted_copies(circular).values_list("agency__province")
    found = {
        plate or "": numbers
        for plate, *numbers in counted.annotate(
            recipients=Count("pk"),
            to_confirm=Count("pk", filter=OUTSTANDING),
            owed=Count("pk", filter=OWING),
            confirmed=Count("pk", filter=CONFIRMED),
            recorded=Count("pk", filter=proven_by(FunnelStep.CONFIRMED, Proof.RECORDED)),
            overdue=Count("pk", filter=OWING & due_when(Due.OVERDUE, at)),
        )
    }
    names = dict(Province.objects.values_list("plate", "name")) | {"": _("Without a province")}
    return Places(
        [], [_place(plate, name, found[plate], lists) for plate, name in names.items() if plate in found]
    )


def _place(plate: str, name: str, numbers: Sequence[int], lists: Lists) -> LetterPlace:
    recipients, to_confirm, owed, confirmed, recorded, overdue = numbers
    province = plate or NO_PROVINCE
    return LetterPlace(
        plate,
        name,
        recipients,
        lists.figure(to_confirm, owes=Owes.CONFIRMATION, province=province),
        lists.figure(owed, owes=Owes.EITHER, province=province),
        [],
        confirmed=lists.figure(confirmed, step=FunnelStep.CONFIRMED, province=province),
        recorded=lists.figure(recorded, step=FunnelStep.CONFIRMED, proof=Proof.RECORDED, province=province),
        overdue=lists.figure(overdue, owes=Owes.EITHER, due=Due.OVERDUE, province=province),
    )


@dataclass(frozen=True)
class Day:
    """One day since the dispatch."""

    day: date
    working_day: int
    """Working days that have begun after the day of the dispatch, this one included."""

    free: FreeTime | None
    """Why nobody is at work, or in the morning only."""

    confirmed: Listed
    recorded: int
    """Those of them that only the sender recorded."""

    total: int
    """Confirmed up to its end."""

    is_due: bool

    @property
    def is_off(self) -> bool:
        return self.free is not None and not self.free.afternoon_only

    @property
    def is_shown(self) -> bool:
        """Whether the table has a row for it: something was confirmed, or the letter is due."""
        return bool(self.confirmed.count) or self.is_due


@dataclass(frozen=True)
class Confirmations:
    """The days from the dispatch on, with what was confirmed on each."""

    days: list[Day]
    recipients: int
    later: int
    """Confirmed after the last day shown."""

    dues: list[tuple[datetime, Listed]]
    """The due times of the copies with their number, the most frequent first."""

    @property
    def due_at(self) -> datetime | None:
        """The most frequent due time."""
        return self.dues[0][0] if self.dues else None


def by_day(circular: Circular, lists: Lists, *, at: datetime) -> Confirmations:
    """The confirmations by day, in three queries and one for declared leave.

    The days end with today, or with the last confirmation if none is outstanding or the letter was withdrawn; the day
    on which it is due is always among them, up to `MOST_DAYS`.
    """
    assert circular.dispatched_at is not None
    copies = counted_copies(circular)
    first = timezone.localdate(circular.dispatched_at)
    confirmed = copies.filter(CONFIRMED).values_list(TruncDate("acknowledged_at"))
    on = {
        day: numbers
        for day, *numbers in confirmed.annotate(
            n=Count("pk"), recorded=Count("pk", filter=Q(acknowledged_on_behalf=True))
        )
    }
    whole = copies.aggregate(recipients=Count("pk"), to_confirm=Count("pk", filter=OUTSTANDING))
    dues = [
        (due, lists.figure(n, step=FunnelStep.SENT, due_at=due.isoformat()))
        for due, n in copies.filter(due_at__isnull=False)
        .values_list("due_at")
        .annotate(n=Count("pk"))
        .order_by("-n", "due_at")
    ]
    ends = [first, *on]
    if whole["to_confirm"] and not circular.is_withdrawn:
        ends.append(timezone.localdate(at))
    if dues:
        ends.append(timezone.localdate(dues[0][0]))
    last = min(max(ends), first + timedelta(days=MOST_DAYS - 1))
    due_on = timezone.localdate(dues[0][0]) if dues else None
    days = _days(first, last, on, due_on, calendar_for(None, first, last), lists)
    later = sum(n for day, (n, _recorded) in on.items() if day > last)
    return Confirmations(days, whole["recipients"], later, dues)


def _days(
    first: date,
    last: date,
    on: dict[date, list[int]],
    due_on: date | None,
    calendar: WorkingCalendar,
    lists: Lists,
) -> list[Day]:
    found: list[Day] = []
    total = working_day = 0
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        n, recorded = on.get(day, (0, 0))
        total += n
        working_day += number > 0 and calendar.is_working_day(day)
        confirmed = lists.figure(n, confirmed_on=day.isoformat())
        found.append(
            Day(day, working_day, calendar.free_time(day), confirmed, recorded, total, day == due_on)
        )
    return found
