"""Official working time: weekends, national and religious holidays with half days (Law 2429), declared leave.

A half day closes at 13.00 and counts as a working day (docs/decisions/0016-working-time.md).
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate

import holidays
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import DeclaredLeave, Province
from agencies.models.once_a_request import once_a_request
from agencies.turkish import sort_key

HALF_DAY_END = time(13, 0)
FARTHEST_DAYS = 3660
"""Upper bound of every search, in days (about ten years)."""

KNOWN_YEARS = range(1936, 2101)
"""The years for which the library knows or estimates the holidays."""

ONE_DAY = timedelta(days=1)


MOST_PROVINCES = 5
"""Provinces that a warning names."""


class OutOfRange(ValueError):
    """The search would go beyond FARTHEST_DAYS."""


@lru_cache(maxsize=64)
def _holidays(year: int) -> tuple[dict[date, str], dict[date, str]]:
    """Full and half holidays of a year with their Turkish names; a day that is both counts as full."""
    if year not in KNOWN_YEARS:
        return {}, {}
    whole = holidays.country_holidays("TR", years=year, categories=("public",), language="tr")
    half = holidays.country_holidays("TR", years=year, categories=("half_day",), language="tr")
    return dict(whole), {day: name for day, name in half.items() if day not in whole}


def free_days(first: date, days: int) -> list[tuple[date, str]]:
    """Holidays and half days in the `days` days starting at `first`, with their names."""
    found: dict[date, str] = {}
    for year in range(first.year, (first + timedelta(days=days)).year + 1):
        for named in _holidays(year):
            found |= named
    return sorted((day, name) for day, name in found.items() if 0 <= (day - first).days < days)


@dataclass(frozen=True)
class FreeTime:
    """What makes a day, or only its afternoon, free of work: the name of a holiday, a leave or a weekday."""

    name: str
    afternoon_only: bool = False

    def covers(self, moment: datetime) -> bool:
        """Whether the moment, on that day, lies in the free time."""
        return not self.afternoon_only or timezone.localtime(moment).time() > HALF_DAY_END


@dataclass(frozen=True)
class WorkingCalendar:
    """Working time of one province or of the whole country, including declared leave.

    Every method raises OutOfRange instead of searching beyond FARTHEST_DAYS.
    """

    leaves: Sequence[DeclaredLeave] = ()

    def hours(self, day: date) -> tuple[time, time] | None:
        """Opening and closing time of that day; None on a day off."""
        begin, end = settings.WORKING_HOURS
        whole, half = _holidays(day.year)
        covering = [leave for leave in self.leaves if leave.first_day <= day <= leave.last_day]
        if day.weekday() >= 5 or day in whole or any(not leave.afternoon_only for leave in covering):
            return None
        if day in half or covering:
            end = min(end, HALF_DAY_END)
        return (begin, end) if begin < end else None

    def free_time(self, day: date) -> FreeTime | None:
        """Why the day or its afternoon is free; None on an ordinary working day."""
        whole, half = _holidays(day.year)
        covering = [leave for leave in self.leaves if leave.first_day <= day <= leave.last_day]
        if day in whole:
            return FreeTime(whole[day])
        for leave in covering:
            if not leave.afternoon_only:
                return FreeTime(leave.reason)
        if day.weekday() >= 5:
            return FreeTime(date_format(day, "l"))
        if day in half:
            return FreeTime(half[day], afternoon_only=True)
        return FreeTime(covering[0].reason, afternoon_only=True) if covering else None

    def next_full_day(self, day: date) -> date:
        """The first working day after `day` that has no free afternoon."""
        found = self.add_working_days(day, 1)
        while self.free_time(found) is not None:
            found = self.add_working_days(found, 1)
        return found

    def is_working_day(self, day: date) -> bool:
        """Whether it is a working day; half days count."""
        return self.hours(day) is not None

    def is_working(self, moment: datetime) -> bool:
        """Whether the moment lies within working time."""
        local = timezone.localtime(moment)
        hours = self.hours(local.date())
        return hours is not None and hours[0] <= local.time() < hours[1]

    def morning_of(self, day: date) -> datetime:
        """The usual opening time on that date, working day or not."""
        return moment_on(day, settings.WORKING_HOURS[0])

    def end_of_day(self, day: date) -> datetime:
        """Close of business: 13.00 on half days; the usual hour on days off."""
        hours = self.hours(day)
        return moment_on(day, hours[1] if hours else settings.WORKING_HOURS[1])

    def next_working_moment(self, moment: datetime) -> datetime:
        """The moment itself within working time, else the start of the next working day."""
        return moment if self.is_working(moment) else self.next_working_morning(moment)

    def next_working_morning(self, moment: datetime) -> datetime:
        """The first start of a working day at or after the moment."""
        day = timezone.localtime(moment).date()
        if self.morning_of(day) < moment:
            day = _shift(day, ONE_DAY)
        return self.morning_of(self.add_working_days(day, 0))

    def add_working_days(self, day: date, days: int) -> date:
        """The n-th working day after `day`, or before it if `days` is negative.

        With zero: `day` itself if it is a working day, else the next one.
        """
        if abs(days) > FARTHEST_DAYS:
            raise OutOfRange(f"{days} working days")
        step = ONE_DAY if days >= 0 else -ONE_DAY
        left, found = abs(days), day
        if not days:
            left, found = 1, _shift(day, -ONE_DAY)
        for _step in range(2 * FARTHEST_DAYS):
            found = _shift(found, step)
            left -= self.is_working_day(found)
            if not left:
                return found
        raise OutOfRange(f"{days} working days from {day}")

    def due_after(self, moment: datetime, working_days: int) -> datetime:
        """Close of business on the n-th working day after the moment's date (Y 33 counts in working days)."""
        day = timezone.localtime(moment).date()
        return self.end_of_day(self.add_working_days(day, working_days))


MOST_KNOWN = 10_000
"""Moments that are remembered."""


class WorkingTime:
    """The working time between two moments, for many pairs: each day is looked up once.

    Moments before `first` count from its opening on, those after `last` up to its closing.
    """

    def __init__(self, calendar: WorkingCalendar, first: date, last: date) -> None:
        self._first = first
        self._zone = timezone.get_current_timezone()
        self._known: dict[datetime, timedelta] = {}
        """What was looked up before: the copies of a letter were sent at one moment."""

        self._hours = [
            calendar.hours(first + timedelta(days=number)) for number in range((last - first).days + 1)
        ]
        self._before = [timedelta(), *accumulate(length_of(hours) for hours in self._hours)]
        """Working time before each day, and before the day after the last one."""

    def between(self, begin: datetime, end: datetime) -> timedelta:
        """Working time from `begin` to `end`; zero if `end` isn't later."""
        return max(self._until(end) - self._until(begin), timedelta())

    def after(self, begin: datetime, worked: timedelta) -> datetime:
        """The moment at which so much working time has passed since `begin`, at the latest the last closing."""
        wanted = self._until(begin) + worked
        if worked <= timedelta():
            return begin
        number = bisect_left(self._before, wanted, lo=1) - 1
        if number == len(self._hours):
            number, wanted = bisect_left(self._before, self._before[-1], lo=1) - 1, self._before[-1]
        hours = self._hours[number]
        if hours is None:
            return begin
        opening = moment_on(self._first + timedelta(days=number), hours[0])
        return max(opening + (wanted - self._before[number]), begin)

    def _until(self, moment: datetime) -> timedelta:
        if moment not in self._known:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[moment] = self._worked_until(moment)
        return self._known[moment]

    def _worked_until(self, moment: datetime) -> timedelta:
        local = moment.astimezone(self._zone)
        number = (local.date() - self._first).days
        if number < 0:
            return timedelta()
        if number >= len(self._hours):
            return self._before[-1]
        hours = self._hours[number]
        if hours is None or local.time() <= hours[0]:
            return self._before[number]
        return self._before[number] + length_of((hours[0], min(local.time(), hours[1])))


class WorkingTimes:
    """The working time of each province on these days.

    One query for the leave that touches them, unless it is given. Provinces with the same leave share theirs.
    """

    def __init__(self, first: date, last: date, leaves: Sequence[DeclaredLeave] | None = None) -> None:
        self._days = first, last
        self._leaves = leaves
        self._of: dict[str | None, WorkingTime] = {}
        self._with: dict[tuple[int, ...], WorkingTime] = {}

    def of(self, province: str | None) -> WorkingTime:
        """That of one province (plate code), or of the whole country (None)."""
        if province not in self._of:
            self._of[province] = self._shared(province)
        return self._of[province]

    def _shared(self, province: str | None) -> WorkingTime:
        if self._leaves is None:
            self._leaves = list(DeclaredLeave.objects.touching(*self._days))
        calendar = calendars_of(self._leaves, [province])[province]
        key = tuple(leave.pk for leave in calendar.leaves)
        if key not in self._with:
            self._with[key] = WorkingTime(calendar, *self._days)
        return self._with[key]


def length_of(hours: tuple[time, time] | None) -> timedelta:
    """Time from the opening to the closing; zero for a day off."""
    if hours is None:
        return timedelta()
    return datetime.combine(date.min, hours[1]) - datetime.combine(date.min, hours[0])


def calendars_for(
    provinces: Iterable[str | None], first: date, last: date | None = None
) -> dict[str | None, WorkingCalendar]:
    """Calendars by province (plate code) for the days from `first` on, in one query.

    The key None is the whole country and always present. Without `last`, all later leave is loaded.
    """
    return calendars_of(DeclaredLeave.objects.touching(first, last or date.max), provinces)


def calendars_of(
    leaves: Iterable[DeclaredLeave], provinces: Iterable[str | None]
) -> dict[str | None, WorkingCalendar]:
    """Calendars by province that know these leaves only. The key None is the whole country and always present."""
    everywhere: list[DeclaredLeave] = []
    own: dict[str, list[DeclaredLeave]] = {}
    for leave in leaves:
        (everywhere if leave.province_id is None else own.setdefault(leave.province_id, [])).append(leave)
    return {plate: WorkingCalendar((*everywhere, *own.get(plate or "", ()))) for plate in {None, *provinces}}


LOOKED_BACK = timedelta(days=366)
"""How far back leave is read at once for a page."""


def known_leave(first: date, last: date, today: date) -> list[DeclaredLeave]:
    """Leave in force that covers any of these days, for the figures of a page.

    One query a request, however many figures need it; one more for days before LOOKED_BACK.
    """
    known = _leave_since(min(first, today - LOOKED_BACK))
    return [leave for leave in known if leave.first_day <= last and leave.last_day >= first]


@once_a_request
def _leave_since(day: date) -> tuple[DeclaredLeave, ...]:
    return tuple(DeclaredLeave.objects.touching(day, date.max))


def calendar_for(province: str | None, first: date, last: date | None = None) -> WorkingCalendar:
    """The calendar of one province, or of the whole country (None), for the days from `first` on."""
    return calendars_for([province], first, last)[province]


@dataclass(frozen=True)
class FreeDueDay:
    """A due time at which nobody is at work, and the next full working day at the same hour."""

    due_at: datetime
    free: FreeTime
    better: datetime
    provinces: tuple[str, ...] = ()
    """Names of the provinces where this is so; empty for the whole country."""
    plates: tuple[str, ...] = ()
    """Their plate codes."""

    @property
    def words(self) -> str:
        """A warning that names the day, its holiday or leave, and the day proposed."""
        if self.free.afternoon_only:
            words = _(
                "Work ends at 13:00 on the due day: %(day)s, %(name)s. Next full working day: %(better)s."
            )
        else:
            words = _("The due day is no working day: %(day)s, %(name)s. Next working day: %(better)s.")
        named = ", ".join(self.provinces[:MOST_PROVINCES]) + ("…" if self.provinces[MOST_PROVINCES:] else "")
        return (f"{named}: " if named else "") + words % {
            "day": date_format(timezone.localdate(self.due_at), "SHORT_DATE_FORMAT"),
            "name": self.free.name,
            "better": date_format(timezone.localdate(self.better), "SHORT_DATE_FORMAT"),
        }


def free_due_days(due_at: datetime | None, provinces: Iterable[str | None]) -> list[FreeDueDay]:
    """Why a due time lies in free time, in the whole country or in some of these provinces (plate codes).

    One query a request for the leave, and one for the names of provinces where it is so in them only.
    """
    if due_at is None:
        return []
    local = timezone.localtime(due_at)
    calendars = calendars_of(known_leave(local.date(), date.max, timezone.localdate()), provinces)
    found: dict[FreeDueDay, list[str]] = {}
    for plate, calendar in calendars.items():
        free = calendar.free_time(local.date())
        if free is not None and free.covers(due_at):
            better = datetime.combine(calendar.next_full_day(local.date()), local.timetz())
            if plate is None:
                return [FreeDueDay(due_at, free, better)]
            found.setdefault(FreeDueDay(due_at, free, better), []).append(plate)
    names = dict(Province.objects.in_bulk([plate for plates in found.values() for plate in plates]))
    return [
        replace(
            each,
            provinces=tuple(sorted((names[plate].name for plate in plates), key=sort_key)),
            plates=tuple(plates),
        )
        for each, plates in found.items()
    ]


def moment_on(day: date, hour: time) -> datetime:
    """That time of the day, in Turkish time."""
    return datetime.combine(day, hour, tzinfo=timezone.get_default_timezone())


def _shift(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError as error:
        raise OutOfRange(str(day)) from error
