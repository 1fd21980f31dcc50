"""The figures of a weekly digest, as they are stored with it: mail and PDF say the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.calendar import moment_on
from agencies.models import Agency, User
from distribution.queries.managing.late import became_late
from distribution.queries.sending import overview
from distribution.queries.sending.owed import (
    LONG_OVERDUE,
    WEEK,
    Due,
    Owes,
    copies_of,
    due_when,
    letters_owing,
    long_overdue,
    sent_letters,
)

UNITS_SHOWN = 5

LABELS: dict[str, str | Promise] = {
    "to_confirm": _("Waiting for confirmation"),
    "to_answer": _("Waiting for an answer"),
    "overdue": _("What is overdue"),
    "became_late": _("Became overdue in the last week"),
    "long_overdue": _("Long overdue (more than 10 working days)"),
    "due_this_week": _("Due this week"),
    "to_decide": _("Returned, waiting for a decision"),
}


@dataclass(frozen=True)
class Line:
    """One figure and the list that shows its rows: the name of the page, and its query."""

    name: str
    count: int
    page: str
    query: str

    @property
    def label(self) -> str:
        return str(LABELS[self.name])

    @property
    def words(self) -> str:
        """The number as shown."""
        return number_format(self.count, force_grouping=True)


@dataclass(frozen=True)
class UnitLine:
    """One of the units most behind."""

    name: str
    phone: str
    owed: int
    overdue: int
    query: str


@dataclass(frozen=True)
class WeeklyFigures:
    """Where the letters of a unit and of all units below it stood at a moment."""

    at: datetime
    lines: Sequence[Line]
    units: Sequence[UnitLine]
    confirmed: int
    """Copies confirmed in the seven days before."""
    in_time: int
    """Those of them confirmed by their due time, or without one."""

    @property
    def share_in_time(self) -> int | None:
        """Per cent of the confirmed; None if nothing was confirmed."""
        return round(100 * self.in_time / self.confirmed) if self.confirmed else None

    def to_json(self) -> dict[str, Any]:
        """For `WeeklyDigest.figures`."""
        return {
            "at": self.at.isoformat(),
            "lines": [vars(each) for each in self.lines],
            "units": [vars(each) for each in self.units],
            "confirmed": self.confirmed,
            "in_time": self.in_time,
        }


def figures_from(stored: Mapping[str, Any]) -> WeeklyFigures:
    """What `to_json` wrote."""
    return WeeklyFigures(
        datetime.fromisoformat(stored["at"]),
        [Line(**each) for each in stored["lines"]],
        [UnitLine(**each) for each in stored["units"]],
        stored["confirmed"],
        stored["in_time"],
    )


def weekly_figures(person: User, unit: Agency, at: datetime) -> WeeklyFigures:
    """The figures of the letters that the person manages in the unit and below it."""
    letters = sent_letters(person, unit)
    owed = copies_of(letters_owing(letters))
    head = overview.headline(letters, overview.owed_by_letter(owed, at), at)
    behind = overview.units_behind(owed, at)[:UNITS_SHOWN]
    since = moment_on(timezone.localdate(at - WEEK), time.min)

    def lines() -> Iterator[Line]:
        yield _line("to_confirm", head.to_confirm)
        yield _line("to_answer", head.to_answer)
        overdue = owed.filter(due_when(Due.OVERDUE, at)).count()
        yield Line("overdue", overdue, "outstanding", overview.query_of(owes=Owes.EITHER, due=Due.OVERDUE))
        late = owed.filter(became_late(since, at)).count()
        yield Line(
            "became_late", late, "late", overview.query_of(since=timezone.localdate(since).isoformat())
        )
        yield Line(
            "long_overdue",
            owed.filter(long_overdue(at)).count(),
            "outstanding",
            overview.query_of(owes=Owes.EITHER, due=LONG_OVERDUE),
        )
        yield _line("due_this_week", head.due_this_week)
        yield _line("to_decide", head.returned)

    return WeeklyFigures(
        at, list(lines()), list(_units(behind)), head.confirmed.count, head.confirmed_in_time.count
    )


def _line(name: str, figure: overview.Figure) -> Line:
    return Line(name, figure.count, "outstanding", figure.query)


def _units(behind: Sequence[overview.Behind]) -> Iterator[UnitLine]:
    for each in behind:
        assert isinstance(each.of, Agency)
        yield UnitLine(each.of.name, each.of.phone, each.owed.count, each.overdue.count, each.owed.query)
