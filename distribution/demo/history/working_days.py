"""The working days of the history, so that nothing happens at night or at a weekend."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from random import Random

from django.utils import timezone

from agencies.calendar import WorkingCalendar

AFTER = 400
"""Days that are known beyond the present: due times lie there."""

OPENING, CLOSING = timedelta(hours=8, minutes=30), timedelta(hours=17)
ONE_DAY = timedelta(days=1)


class WorkingDays:
    """Moments on working days, counted from the first day on. Every moment is in UTC."""

    def __init__(self, first: date, at: datetime) -> None:
        self.calendar = WorkingCalendar()
        today = timezone.localdate(at)
        span = (today - first).days + AFTER
        days = [first + timedelta(days=number) for number in range(span)]
        working = [day for day in days if self.calendar.is_working_day(day)]
        zone = timezone.get_default_timezone()
        self.midnights = [
            datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) for day in working
        ]
        self.past = max(1, bisect_right(self.midnights, at))
        """How many of them lie in the past, the present one included."""

    def index(self, moment: datetime) -> int:
        """The working day of that moment, or the one before it."""
        return max(0, bisect_right(self.midnights, moment) - 1)

    def at(self, day: int, seconds: float) -> datetime:
        """So many seconds after the beginning of work on that day; the last known day for all later ones."""
        return self.midnights[min(day, len(self.midnights) - 1)] + OPENING + timedelta(seconds=int(seconds))

    def end(self, day: int) -> datetime:
        """The close of business of that day."""
        return self.midnights[min(day, len(self.midnights) - 1)] + CLOSING

    def fraction(self, part: float) -> datetime:
        """The moment at which that part of the past working time is over."""
        days = part * self.past
        day = min(int(days), self.past - 1)
        return self.at(day, (days - day) * (CLOSING - OPENING).total_seconds())

    def later(self, moment: datetime, mean_days: float, dice: Random) -> datetime:
        """Some working days after the moment, at any minute of the day; within minutes or hours if it is none."""
        days = int(dice.expovariate(1 / mean_days))
        day = self.index(moment)
        if days:
            return self.at(day + days, dice.random() * 30_000)
        found = moment + timedelta(seconds=int(60 + dice.expovariate(1 / 4_000)))
        return found if found < self.end(day) else self.at(day + 1, dice.random() * 10_000)
