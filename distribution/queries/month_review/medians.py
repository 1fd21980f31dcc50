"""The time within which half of the copies were confirmed, with the copies that are still open.

Whoever leaves the slow letters unconfirmed isn't fast: an open copy counts as not confirmed for as long as it has
waited (the estimate of Kaplan and Meier). Without open copies it is the ordinary median.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.formats import number_format

from distribution.queries.speed.figures import FEWEST_LETTERS, WEIGHT_OF_KIND

LEAST = FEWEST_LETTERS
"""No share and no median of fewer copies."""

HALF, NINE_IN_TEN = 0.5, 0.9
ROUNDING = 1e-9

Wait = tuple[timedelta, bool]
"""Working time from the sending to the confirmation, or so far; and whether it was confirmed."""


@dataclass(frozen=True)
class Median:
    """Working time within which half of the copies were confirmed."""

    time: timedelta
    copies: int
    is_reached: bool = True
    """False if fewer than half were confirmed: then at least this time."""

    @property
    def hours(self) -> float:
        return self.time / timedelta(hours=1)

    @property
    def words(self) -> str:
        """The hours as shown; more than so many if it was not reached."""
        return f"{'' if self.is_reached else '> '}{hours_words(self.time)}"


def hours_words(time: timedelta) -> str:
    """Hours with one decimal, as shown."""
    return str(number_format(time / timedelta(hours=1), 1, force_grouping=True))


def median_of(waits: Collection[Wait]) -> Median | None:
    """The median; None of fewer than LEAST copies."""
    if len(waits) < LEAST:
        return None
    found = time_of(waits, HALF)
    if found is None:
        return Median(max(time for time, _confirmed in waits), len(waits), is_reached=False)
    return Median(found, len(waits))


def time_of(waits: Iterable[Wait], share: float) -> timedelta | None:
    """The time within which that share of the copies was confirmed; None if fewer were."""
    ordered = sorted(waits, key=lambda wait: (wait[0], not wait[1]))
    at_risk, still_open, exact = len(ordered), 1.0, None
    for time, confirmed in ordered:
        if confirmed:
            if exact is not None:
                return (exact + time) / 2
            still_open *= 1 - 1 / at_risk
            if still_open < 1 - share - ROUNDING:
                return time
            if still_open < 1 - share + ROUNDING:
                exact = time
        at_risk -= 1
    return exact


def drawn(own: Median, of_kind: Median) -> timedelta:
    """The group's median, drawn towards that of its kind: the more, the fewer its copies are. For ranking only."""
    return (own.time * own.copies + of_kind.time * WEIGHT_OF_KIND) / (own.copies + WEIGHT_OF_KIND)
