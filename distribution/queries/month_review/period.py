"""A calendar month, or the last 30 days, as the page names it in its address and in words."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

LAST_DAYS = "last-30-days"
DAYS = 30
MONTHS_OFFERED = 24
FIRST_YEAR = 2000
MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])", re.ASCII)


class NotUnderstood(ValueError):
    """The address names no period or grouping that there is. The text says so to the reader."""


@dataclass(frozen=True)
class Period:
    """A month, or 30 days that end today."""

    first: date
    last: date
    is_month: bool = True

    @property
    def code(self) -> str:
        """The value of `month` in the address."""
        return f"{self.first:%Y-%m}" if self.is_month else LAST_DAYS

    @property
    def name(self) -> str:
        """As a heading: the month, or the 30 days."""
        if self.is_month:
            return date_format(self.first, "F Y")
        return self.days

    @property
    def days(self) -> str:
        """First and last day."""
        return (
            f"{date_format(self.first, 'SHORT_DATE_FORMAT')} – {date_format(self.last, 'SHORT_DATE_FORMAT')}"
        )

    @property
    def before(self) -> "Period":
        """The month before, or the 30 days before."""
        if self.is_month:
            return month_of(self.first - timedelta(days=1))
        return Period(self.first - timedelta(days=DAYS), self.first - timedelta(days=1), is_month=False)

    @property
    def following(self) -> "Period":
        """The next month."""
        return month_of(self.last + timedelta(days=1))

    def has(self, day: date) -> bool:
        """Whether the day lies within it."""
        return self.first <= day <= self.last

    def is_running(self, today: date) -> bool:
        """Whether further letters may be sent in it."""
        return self.first <= today <= self.last


def month_of(day: date) -> Period:
    """The month of that day."""
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def last_days(today: date) -> Period:
    """The 30 days that end today."""
    return Period(today - timedelta(days=DAYS - 1), today, is_month=False)


def period_of(code: str, today: date) -> Period:
    """The period with this code; without a code the last complete month. Raises NotUnderstood."""
    if not code:
        return month_of(today).before
    if code == LAST_DAYS:
        return last_days(today)
    found = MONTH.fullmatch(code)
    if found is None or int(found["year"]) < FIRST_YEAR:
        raise NotUnderstood(_("There is no such month. Choose one from the list."))
    if (int(found["year"]), int(found["month"])) > (today.year, today.month):
        raise NotUnderstood(_("This month has not begun yet. Choose one from the list."))
    return month_of(date(int(found["year"]), int(found["month"]), 1))


def months_until(period: Period, number: int) -> list[Period]:
    """So many months, the last of which is that in which the period ends; the earliest first."""
    found = [month_of(period.last)]
    while len(found) < number:
        found.append(found[-1].before)
    return found[::-1]


def offered(chosen: Period | None, today: date) -> list[tuple[str, str]]:
    """Codes and names to choose from: the last 30 days, then the months, the current one first."""
    months = months_until(month_of(today), MONTHS_OFFERED)[::-1]
    if chosen is not None and chosen.is_month and chosen not in months:
        months.append(chosen)
    running = last_days(today)
    return [
        (LAST_DAYS, _("Last 30 days (%(days)s)") % {"days": running.days}),
        *((each.code, each.name) for each in months),
    ]
