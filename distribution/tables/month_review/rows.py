"""The rows of the month in review: in which order, on which page, and as columns of a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, AgencyKind, User
from distribution.queries.month_review.groups import By, Group
from distribution.queries.month_review.medians import Median
from distribution.queries.month_review.period import NotUnderstood, Period, period_of
from distribution.queries.month_review.review import Review, month_review
from distribution.queries.paging import BoundedPaginator
from distribution.tables.files.columns import ExportColumn, as_is

PER_PAGE = 50


@dataclass(frozen=True)
class Asked:
    """What an address of the page asks for."""

    period: Period
    by: By
    sort: str
    """Name of a column, with a minus sign for the opposite order."""

    def review(self, user: User, unit: Agency, at: datetime, *, with_kinds: bool = False) -> Review:
        """The figures of the letters of the unit and of all units below it."""
        return month_review(user, unit, self.period, self.by, at, with_kinds=with_kinds)

    def rows(self, review: Review) -> Sequence[Group]:
        """The groups in the order that was asked for; what is not known stands last."""
        name = self.sort.removeprefix("-")
        if name not in SORTED_BY or self.sort == "name":
            return review.groups
        key, down = SORTED_BY[name], self.sort.startswith("-")
        known = [each for each in review.groups if key(each) is not None]
        unknown = [each for each in review.groups if key(each) is None]
        return [*sorted(known, key=key, reverse=down), *unknown]


def asked_for(query: QueryDict, at: datetime) -> Asked:
    """What the address asks for: without a month the last complete one, by kind of unit. Raises NotUnderstood."""
    period = period_of(query.get("month", ""), timezone.localdate(at))
    by = query.get("by") or By.KIND
    if by not in By.values:
        raise NotUnderstood(gettext("There is no such grouping. Choose one from the list."))
    return Asked(period, By(by), query.get("sort", ""))


def _hours(median: Median | None) -> float | None:
    """None also of one that was not reached: such rows stand last."""
    return round(median.hours, 1) if median is not None and median.is_reached else None


def _hours_in_file(median: Median | None) -> float | str | None:
    """A number, or more than so many as the page says it."""
    return median.words if median is not None and not median.is_reached else _hours(median)


SORTED_BY: Mapping[str, Callable[[Group], Any]] = {
    "name": lambda group: group.order,
    "sent": lambda group: group.figures.now.sent,
    "in_time": lambda group: group.figures.in_time.per_cent,
    "completed": lambda group: group.figures.completed.per_cent,
    "median": lambda group: _hours(group.figures.now.median),
    "reminded": lambda group: group.figures.reminded.count,
    "not_yet_due": lambda group: group.figures.not_yet_due.count,
}


@dataclass(frozen=True)
class Heading:
    """The head of a column that sorts the rows."""

    name: str
    label: str | Promise
    following: str
    """The value of `sort` behind its link."""

    direction: str
    """As `aria-sort`; empty unless the rows are sorted by it."""


LABELS: Mapping[str, str | Promise] = {
    "sent": _("Copies sent"),
    "in_time": _("Confirmed in time"),
    "completed": _("Completed in time"),
    "median": _("Median until confirmation"),
    "reminded": _("Reminded"),
    "not_yet_due": _("Not yet due"),
}


def headings(asked: Asked) -> list[Heading]:
    """The columns of the page; the first one names the groups."""
    labels = {"name": asked.by.label, **LABELS}
    sorted_by = asked.sort.removeprefix("-") if asked.sort.removeprefix("-") in labels else "name"
    down = asked.sort.startswith("-")
    found = []
    for name, label in labels.items():
        is_sorted = name == sorted_by
        first = name if name in ("name", "in_time", "completed") else f"-{name}"
        other = name if first.startswith("-") else f"-{name}"
        shown = f"-{name}" if down else name
        direction = ("descending" if down else "ascending") if is_sorted else ""
        found.append(Heading(name, label, other if is_sorted and shown == first else first, direction))
    return found


def page_of_rows(rows: Sequence[Group], number: str) -> Page[Any]:
    """The page with that number, or the first one."""
    pages = BoundedPaginator(rows, PER_PAGE)
    try:
        return pages.page(number or 1)
    except (PageNotAnInteger, EmptyPage):
        return pages.page(1)


Column = tuple[str | Promise, Callable[[Group], Any]]

COLUMNS: Sequence[Column] = (
    (_("Name"), lambda group: group.name),
    (_("Number or kind"), lambda group: group.letter.number if group.letter else _kind(group)),
    (_("Copies sent"), lambda group: group.figures.now.sent),
    (_("Due time over"), lambda group: group.figures.in_time.whole.count),
    (_("Confirmed in time"), lambda group: group.figures.in_time.part.count),
    (_("Confirmed in time (%)"), lambda group: group.figures.in_time.per_cent),
    (_("Period before (%)"), lambda group: group.figures.in_time.before),
    (_("Confirmed late"), lambda group: group.figures.late.count),
    (_("Due time over, not confirmed"), lambda group: group.figures.missing.count),
    (_("For action, due time over"), lambda group: group.figures.completed.whole.count),
    (_("Completed in time"), lambda group: group.figures.completed.part.count),
    (_("Completed in time (%)"), lambda group: group.figures.completed.per_cent),
    (_("Period before, completed (%)"), lambda group: group.figures.completed.before),
    (_("Completed late"), lambda group: group.figures.completed_late.count),
    (_("Due time over, not completed"), lambda group: group.figures.not_completed.count),
    (_("Median until confirmation (working hours)"), lambda group: _hours_in_file(group.figures.now.median)),
    (_("Copies behind the median"), lambda group: group.figures.measured.count),
    (_("Median of the period before"), lambda group: _hours_in_file(group.figures.before.median)),
    (_("Copies behind that median"), lambda group: group.figures.measured.before),
    (_("Reminded"), lambda group: group.figures.reminded.count),
    (_("Confirmation recorded by the sender"), lambda group: group.figures.on_behalf.count),
    (_("Not yet due"), lambda group: group.figures.not_yet_due.count),
    (_("Without a due time"), lambda group: group.figures.without_due.count),
)

REVIEW_EXPORT: Sequence[ExportColumn] = [(heading, "", as_is) for heading, _value in COLUMNS]


def rows_of_file(groups: Sequence[Group]) -> list[list[Any]]:
    """The values of the columns of a file."""
    return [[value(group) for _heading, value in COLUMNS] for group in groups]


def _kind(group: Group) -> str:
    return str(AgencyKind(group.kind).label) if group.kind else ""
