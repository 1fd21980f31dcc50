"""Working days of the history, so that nothing happens at night or at weekends."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from random import Random

from django.utils import timezone

from agencies.calendar import WorkingCalendar

AFTER = 400
"""Days beyond the present, needed for due times."""

OPENING, CLOSING = timedelta(hours=8, minutes=30), timedelta(hours=17)
ONE_DAY = timedelta(days=1)


class WorkingDays:
    """Moments on working days, numbered from the first day. All moments are in UTC."""

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
        self.closings = [
            min(midnight + CLOSING, self.calendar.end_of_day(day))
            for day, midnight in zip(working, self.midnights, strict=True)
        ]
        self.past = max(1, bisect_right(self.midnights, at))
        """Number of past days, including the current one."""

        self.before_today = bisect_right(working, today - ONE_DAY)
        """Number of days before today."""

    def index(self, moment: datetime) -> int:
        """Number of the moment's working day, or of the one before it."""
        return max(0, bisect_right(self.midnights, moment) - 1)

    def at(self, day: int, seconds: float) -> datetime:
        """The moment this many seconds after opening on that day, earlier if it closes earlier.

        Later days are clamped to the last one.
        """
        day = min(day, len(self.midnights) - 1)
        opening = self.midnights[day] + OPENING
        share = (self.closings[day] - opening) / (CLOSING - OPENING)
        return opening + timedelta(seconds=int(seconds * share))

    def end(self, day: int) -> datetime:
        """Closing time of that day."""
        return self.closings[min(day, len(self.closings) - 1)]

    def within(self, moment: datetime) -> datetime:
        """The moment, or if the day is over by then the next working morning, as many seconds later."""
        day = self.index(moment)
        late = moment - self.end(day)
        return moment if late <= timedelta(0) else self.at(day + 1, min(late.total_seconds(), 10_000))

    def fraction(self, part: float) -> datetime:
        """The moment at which this fraction of the past working time is over."""
        days = part * self.past
        day = min(int(days), self.past - 1)
        return self.at(day, (days - day) * (CLOSING - OPENING).total_seconds())

    def later(self, moment: datetime, mean_days: float, rng: Random) -> datetime:
        """A random moment `mean_days` working days later on average; within hours if the number drawn is 0."""
        days = int(rng.expovariate(1 / mean_days))
        day = self.index(moment)
        if days:
            return self.at(day + days, rng.random() * 30_000)
        found = moment + timedelta(seconds=int(60 + rng.expovariate(1 / 4_000)))
        return found if found < self.end(day) else self.at(day + 1, rng.random() * 10_000)

    def some_days_later(self, moment: datetime, days: int, rng: Random) -> datetime:
        """A random moment of the working day this many days after the moment's own."""
        return self.at(self.index(moment) + days, rng.random() * 28_000)
