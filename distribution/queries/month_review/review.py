"""The month in review of a unit's letters and of those of the units below it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from agencies.calendar import length_of
from agencies.models import Agency, User
from distribution.queries.month_review.copies import (
    LetterCounts,
    copies_of_letters,
    counts_of_letters,
)
from distribution.queries.month_review.counted import Counted
from distribution.queries.month_review.figures import Figures, Share, Tally, tally
from distribution.queries.month_review.groups import By, Group, Letter, Movements, groups_by, movements
from distribution.queries.month_review.medians import HALF, LEAST, NINE_IN_TEN, Wait, time_of
from distribution.queries.month_review.period import Period, months_until
from distribution.queries.sending.overview import Figure, per_cent
from distribution.queries.sending.owed import sent_letters

MONTHS_SHOWN = 6
STEPS = (1, 2, 3, 4, 5, 10)
"""Upper bounds of the steps of waiting, in working days."""


@dataclass(frozen=True)
class Month:
    """One of the months up to the period."""

    period: Period
    in_time: Share
    completed: Share
    is_running: bool


@dataclass(frozen=True)
class Step:
    """The copies confirmed within so many working days, but not within fewer."""

    more_than: int
    up_to: int | None
    copies: int
    share: int
    """Per cent of all copies that the unit confirmed or still has to."""


@dataclass(frozen=True)
class Waiting:
    """How long units took to confirm."""

    steps: Sequence[Step]
    open: Figure
    share_open: int
    copies: int
    half: timedelta | None
    nine_in_ten: timedelta | None


@dataclass(frozen=True)
class NotCounted:
    """Copies of the period that are no longer in force."""

    returned: int
    withdrawn: int
    replaced: int
    """Covered by another copy, or replaced by a later revision."""

    @property
    def copies(self) -> int:
        return self.returned + self.withdrawn + self.replaced


@dataclass(frozen=True)
class Review:
    """All that the page, its files and its PDF say."""

    period: Period
    by: By
    at: datetime
    is_running: bool
    letters: int
    """Letters with copies in force."""

    letters_before: int
    all: Figures
    groups: Sequence[Group]
    kinds: Sequence[Group]
    """The same by kind of unit, if it was asked for."""

    movements: Movements
    months: Sequence[Month]
    waiting: Waiting | None
    not_counted: NotCounted


def month_review(
    user: User, unit: Agency, period: Period, by: By, at: datetime, *, with_kinds: bool = False
) -> Review:
    """The figures of the letters dispatched in the period. Nine queries at most and those of rights.

    The letters of the months shown are looked up first; of the period and the one before their copies are read.
    """
    months = months_until(period, MONTHS_SHOWN)
    first = min(months[0].first, period.before.first)
    letters = _letters(user, unit, Period(first, max(period.last, months[-1].last)))
    counts = counts_of_letters(letters, at) if letters else {}
    here = {pk for pk, each in letters.items() if period.has(each.day)}
    there = {pk for pk, each in letters.items() if period.before.has(each.day)}
    copies = copies_of_letters(list(here | there), period.before.first, at) if here or there else []
    now = [each for each in copies if each.letter in here]
    before = [each for each in copies if each.letter in there]
    everything = Figures(period, tally(now), tally(before))
    groups = groups_by(by, now, before, letters, period)
    kinds = groups_by(By.KIND, now, before, letters, period) if with_kinds else []
    today = timezone.localdate(at)
    return Review(
        period=period,
        by=by,
        at=at,
        is_running=period.is_month and period.is_running(today),
        letters=len({each.letter for each in now}),
        letters_before=len({each.letter for each in before}),
        all=everything,
        groups=groups,
        kinds=kinds,
        movements=movements(by, groups, now, before),
        months=[_month(each, letters, counts, each.is_running(today)) for each in months],
        waiting=_waiting([each.wait for each in now if each.wait is not None], everything),
        not_counted=_not_counted(counts[pk] for pk in here if pk in counts),
    )


def _letters(user: User, unit: Agency, period: Period) -> dict[int, Letter]:
    found = sent_letters(user, unit, (period.first, period.last)).values_list(
        "pk", "public_id", "dispatched_at", "issuer_id", "subject", "number"
    )
    return {
        pk: Letter(pk, public_id, timezone.localdate(moment), issuer, subject, number)
        for pk, public_id, moment, issuer, subject, number in found
    }


def _month(
    period: Period, letters: Mapping[int, Letter], counts: Mapping[int, LetterCounts], is_running: bool
) -> Month:
    among = [counts[pk] for pk, each in letters.items() if pk in counts and period.has(each.day)]
    sums: dict[Counted, int] = {}
    for each in among:
        for what, number in each.counted.items():
            sums[what] = sums.get(what, 0) + number
    figures = Figures(period, Tally(sum(each.in_force for each in among), sums), Tally())
    return Month(period, figures.in_time, figures.completed, is_running)


def _waiting(waits: Collection[Wait], everything: Figures) -> Waiting | None:
    """How long the copies waited; None of fewer than LEAST."""
    if len(waits) < LEAST:
        return None
    day = length_of(settings.WORKING_HOURS)
    done = sorted(time for time, confirmed in waits if confirmed)
    steps = []
    for low, high in zip((0, *STEPS), (*STEPS, None), strict=True):
        copies = sum((time > day * low or not low) and (high is None or time <= day * high) for time in done)
        steps.append(Step(low, high, copies, per_cent(copies, len(waits)) or 0))
    return Waiting(
        steps,
        everything.open,
        per_cent(everything.open.count, len(waits)) or 0,
        len(waits),
        time_of(waits, HALF),
        time_of(waits, NINE_IN_TEN),
    )


def _not_counted(counts: Iterable[LetterCounts]) -> NotCounted:
    among = list(counts)
    return NotCounted(
        sum(each.returned for each in among),
        sum(each.withdrawn for each in among),
        sum(each.replaced for each in among),
    )
