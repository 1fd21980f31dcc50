"""What is known of a copy at a moment of its life, and of the units' finished copies by then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import log
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from agencies.calendar import length_of
from circulars.models import Purpose
from distribution.models.lateness import LONG, MEDIUM, SHORT, Duty
from distribution.queries.lateness.logistic import Features

SHARES = (0.25, 0.5, 0.75)
"""Shares of a copy's working time at which it is looked at. Before the first one nothing is said of it."""

HALF = SHARES.index(0.5)

DAYS_OF_SHORT, DAYS_OF_MEDIUM = 5, 10
SHORTEST = timedelta(hours=2)
"""Copies that had less working time teach nothing and aren't foretold."""

DRAWN = 5.0
"""A unit's rates are drawn towards those of its kind as if it had this many more copies of the usual rate."""

STEP = 0.5
"""Log odds are rounded to this, so that few groups of equal examples remain."""


class Copy(NamedTuple):
    """One copy with a due time. `unit` is the one that answers for it."""

    pk: int
    unit: int
    kind: str
    province: str | None
    purpose: str
    urgency: str
    created_at: datetime
    due_at: datetime
    opened_at: datetime | None
    acknowledged_at: datetime | None
    completed_at: datetime | None

    def owes(self, duty: Duty, at: datetime) -> bool:
        """Whether it owed that at the moment."""
        if duty == Duty.CONFIRM:
            return not _by(self.acknowledged_at, at)
        return self.purpose == Purpose.ACTION and not _by(self.completed_at, at)

    def is_late(self, duty: Duty) -> bool:
        """Whether it was confirmed, or answered, after its due time or not at all."""
        done = self.acknowledged_at if duty == Duty.CONFIRM else self.completed_at
        return done is None or done > self.due_at

    def state(self, at: datetime) -> str:
        """How far it was at the moment: what happens later changes nothing."""
        if _by(self.acknowledged_at, at):
            return "confirmed"
        return "opened" if _by(self.opened_at, at) else "unopened"


def _by(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and moment <= at


def length(given: timedelta) -> int:
    """SHORT, MEDIUM or LONG, of the working time that a copy was given."""
    days = given / length_of(settings.WORKING_HOURS)
    return SHORT if days <= DAYS_OF_SHORT else MEDIUM if days <= DAYS_OF_MEDIUM else LONG


@dataclass
class Record:
    """Late and finished copies of one unit or kind, by length of the given time."""

    late: list[int] = field(default_factory=lambda: [0, 0, 0])
    finished: list[int] = field(default_factory=lambda: [0, 0, 0])
    late_last: bool = False

    def add(self, length: int, late: bool) -> None:
        self.late[length] += late
        self.finished[length] += 1
        self.late_last = late

    @property
    def all_late(self) -> int:
        return sum(self.late)

    @property
    def all_finished(self) -> int:
        return sum(self.finished)

    def numbers(self) -> list[int]:
        """As stored."""
        pairs = [number for pair in zip(self.late, self.finished, strict=True) for number in pair]
        return [*pairs, int(self.late_last)]

    @classmethod
    def of(cls, numbers: list[int]) -> "Record":
        return cls(numbers[0:6:2], numbers[1:6:2], bool(numbers[6]))


@dataclass
class Records:
    """The copies of all units that were finished by some moment, for one duty."""

    units: dict[int, Record] = field(default_factory=dict)
    kinds: dict[str, Record] = field(default_factory=dict)
    all: Record = field(default_factory=Record)

    def add(self, unit: int, kind: str, length: int, late: bool) -> None:
        """The due time of a copy has passed."""
        for record in (
            self.all,
            self.kinds.setdefault(kind, Record()),
            self.units.setdefault(unit, Record()),
        ):
            record.add(length, late)

    def stored(self) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
        """Kinds and units as stored."""
        kinds = {kind: record.numbers() for kind, record in self.kinds.items()}
        return kinds, {str(unit): record.numbers() for unit, record in self.units.items()}

    @classmethod
    def of(cls, kinds: Mapping[str, list[int]], units: Mapping[str, list[int]]) -> "Records":
        of_kinds = {kind: Record.of(numbers) for kind, numbers in kinds.items()}
        everywhere = Record()
        for record in of_kinds.values():
            for length in (SHORT, MEDIUM, LONG):
                everywhere.late[length] += record.late[length]
                everywhere.finished[length] += record.finished[length]
        return cls({int(unit): Record.of(numbers) for unit, numbers in units.items()}, of_kinds, everywhere)

    def unit(self, unit: int) -> Record:
        return self.units.get(unit, NOTHING)

    def odds(self, unit: int, kind: str, length: int) -> tuple[float, float, float]:
        """Log odds of being late: of the kind at this length, and by how much the unit's differ, at all and here.

        Each rate is drawn towards the next wider one: the unit's towards the kind's, the kind's towards all.
        """
        everywhere, of_kind, own = self.all, self.kinds.get(kind, NOTHING), self.unit(unit)
        usual = _rate(everywhere.all_late, everywhere.all_finished, 0.5, 2.0)
        kind_all = _rate(of_kind.all_late, of_kind.all_finished, usual)
        usual_here = _rate(everywhere.late[length], everywhere.finished[length], usual)
        kind_here = _rate(of_kind.late[length], of_kind.finished[length], usual_here)
        own_all = _rate(own.all_late, own.all_finished, kind_all)
        own_here = _rate(own.late[length], own.finished[length], kind_here)
        return (
            _log_odds(kind_here),
            _log_odds(own_all) - _log_odds(kind_all),
            _log_odds(own_here) - _log_odds(kind_here),
        )


NOTHING = Record()


def _rate(late: int, finished: int, towards: float, drawn: float = DRAWN) -> float:
    return (late + drawn * towards) / (finished + drawn)


def _log_odds(rate: float) -> float:
    rate = min(max(rate, 0.005), 0.995)
    return log(rate / (1 - rate))


def features(copy: Copy, duty: Duty, share: int, at: datetime, length: int, records: Records) -> Features:
    """What is known of an open copy when that share of its working time has passed."""
    kind, own, here = (round(each / STEP) * STEP for each in records.odds(copy.unit, copy.kind, length))
    marks = [f"share {share} {copy.state(at)}", f"length {length}"]
    marks += [f"quarter {(timezone.localtime(copy.due_at).month - 1) // 3 + 1}"]
    if records.unit(copy.unit).late_last:
        marks.append("late last")
    if copy.urgency:
        marks.append(f"urgency {copy.urgency}")
    if duty == Duty.CONFIRM:
        marks.append(f"purpose {copy.purpose}")
    numbers = (("kind", kind), ("unit", own), ("unit here", here))
    return (*((mark, 1.0) for mark in marks), *((name, value) for name, value in numbers if value))
