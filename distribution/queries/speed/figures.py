"""Figures over the working times of a unit: median, 90th percentile, and the median drawn towards that of its kind."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median

FEWEST_LETTERS = 5
"""Answered letters below which a unit has no figure."""

FEWEST_UNITS = 5
"""Units of a kind below which its median isn't shown: of two units it would say what the other takes."""

WEIGHT_OF_KIND = 10
"""The median of the kind counts as much as so many letters of the unit."""


@dataclass(frozen=True)
class SpeedFigure:
    """Working minutes over `letters` letters, `waiting` of which still wait and count with the time so far."""

    letters: int
    waiting: int
    answered_median: int
    median: int
    ninetieth: int


def figure_of(answered: Collection[int], waiting: Collection[int]) -> SpeedFigure | None:
    """The figure of one unit and act; None below FEWEST_LETTERS answered letters.

    A letter that still waits counts once it waits longer than half of the answered ones took. Otherwise a unit that
    answered five letters at once and leaves fifty would be among the quickest.
    """
    if len(answered) < FEWEST_LETTERS:
        return None
    answered_median = round(median(answered))
    longer = [minutes for minutes in waiting if minutes > answered_median]
    counted = sorted([*answered, *longer])
    return SpeedFigure(
        len(counted), len(longer), answered_median, _percentile(counted, 50), _percentile(counted, 90)
    )


def _percentile(ordered: Sequence[int], percent: int) -> int:
    """Linear between the two nearest values, like `percentile_cont` of PostgreSQL; in whole minutes."""
    place, rest = divmod((len(ordered) - 1) * percent, 100)
    if not rest:
        return ordered[place]
    return round(ordered[place] + (ordered[place + 1] - ordered[place]) * rest / 100)


def drawn_towards(target: float, *, median: int, letters: int) -> int:
    """The unit's median drawn towards the target, the more so the fewer letters are behind it."""
    return round((letters * median + WEIGHT_OF_KIND * target) / (letters + WEIGHT_OF_KIND))


def median_of_kind(medians: Collection[int]) -> int | None:
    """The median of the medians of a kind's units; None below FEWEST_UNITS."""
    return round(median(medians)) if len(medians) >= FEWEST_UNITS else None
