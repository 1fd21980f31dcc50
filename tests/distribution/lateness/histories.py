"""Finished copies of invented units, drawn at random, without a database."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from random import Random

from agencies.calendar import WorkingCalendar, WorkingTimes
from circulars.models import Purpose, Urgency
from distribution.models import Duty
from distribution.models.lateness import Lateness
from distribution.queries.lateness.known import Copy
from distribution.queries.lateness.learning import Learner, moments

FIRST = date(2025, 1, 6)
WEEKS, UNITS = 50, 30
SPLITS = (25, 33, 42)
"""Weeks after which what was learned is tried."""

CALENDAR = WorkingCalendar()
Rate = Callable[[int, bool], float]
"""Probability of being late, of the unit's number and of whether the letter was opened in the first half."""


def clock() -> WorkingTimes:
    return WorkingTimes(FIRST, FIRST + timedelta(weeks=WEEKS + 8), leaves=())


def history(seed: int, rate: Rate) -> list[Copy]:
    """One letter a week to every unit, due after ten working days. What is in time is confirmed shortly before."""
    rng = Random(seed)
    copies = []
    for week in range(WEEKS):
        sent = CALENDAR.morning_of(FIRST + timedelta(weeks=week)) + timedelta(hours=1)
        due = CALENDAR.due_after(sent, 10)
        for unit in range(UNITS):
            opens = rng.random() < 0.5
            late = rng.random() < rate(unit, opens)
            confirmed = (
                due + timedelta(days=rng.randint(1, 9)) if late else due - timedelta(hours=rng.randint(1, 6))
            )
            opened = sent + timedelta(hours=rng.randint(1, 30)) if opens else confirmed
            copies.append(
                Copy(
                    len(copies) + 1, unit, "governorship", None, Purpose.ACTION, Urgency.TIMED, sent, due, opened,
                    confirmed, confirmed,
                )
            )  # fmt: skip
    return copies


def learner_of(copies: Iterable[Copy], duty: Duty = Duty.CONFIRM) -> Learner:
    """What is left when all copies have been gone through."""
    begin = CALENDAR.morning_of(FIRST)
    learner = Learner(duty, [begin + timedelta(weeks=week) for week in SPLITS])
    for moment in moments(copies, clock()):
        learner.take(moment)
    return learner


def learned_of(copies: Iterable[Copy], duty: Duty = Duty.CONFIRM) -> Lateness:
    return learner_of(copies, duty).result()


def with_another_future(copies: Iterable[Copy], after: datetime, rng: Random) -> list[Copy]:
    """The same copies, of which all that happened after the moment happened otherwise or not at all."""

    def other(moment: datetime | None) -> datetime | None:
        if moment is None or moment <= after:
            return moment
        return None if rng.random() < 0.5 else moment + timedelta(days=rng.randint(0, 30))

    changed = []
    for copy in copies:
        if copy.created_at > after:
            continue
        confirmed = other(copy.acknowledged_at)
        changed.append(
            copy._replace(opened_at=other(copy.opened_at), acknowledged_at=confirmed, completed_at=confirmed)
        )
    return changed
