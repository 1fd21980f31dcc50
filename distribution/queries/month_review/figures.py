"""Shares and medians of a group of copies, against the period before, each with the list of the copies behind it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.formats import number_format

from distribution.queries.month_review.copies import KINDS, Copy
from distribution.queries.month_review.counted import Counted
from distribution.queries.month_review.medians import LEAST, Median, median_of
from distribution.queries.month_review.period import Period
from distribution.queries.sending.overview import Figure, per_cent, query_of
from distribution.queries.sending.owed import Owes


def signed(number: float, decimals: int) -> str:
    """The number with its sign, as shown: a minus as wide as a plus."""
    rounded = round(number, decimals)
    sign = "+" if rounded > 0 else "\u2212" if rounded < 0 else "±"
    return f"{sign}{number_format(abs(rounded), decimals, force_grouping=True)}"


@dataclass(frozen=True)
class Tally:
    """What a group's copies of one period count as."""

    sent: int = 0
    counts: Mapping[Counted, int] = field(default_factory=dict)
    median: Median | None = None

    def share(self, part: Counted, whole: Counted) -> int | None:
        """Per cent; None of fewer than LEAST copies."""
        all_copies = self.counts.get(whole, 0)
        return per_cent(self.counts.get(part, 0), all_copies) if all_copies >= LEAST else None


def tally(copies: Collection[Copy]) -> Tally:
    """Count the copies."""
    if not copies:
        return Tally()
    sums = map(sum, zip(*(each.counted for each in copies), strict=True))
    waits = [each.wait for each in copies if each.wait is not None]
    return Tally(len(copies), dict(zip(KINDS, sums, strict=True)), median_of(waits))


def query_of_copies(period: Period, narrowed: Mapping[str, object], what: Counted | None = None) -> str:
    """The query of the outstanding list that shows these copies of the period."""
    days = {"sent_from": period.first, "sent_to": period.last}
    return query_of(owes=Owes.ALL, counted=what or "", **days, **narrowed)


@dataclass(frozen=True)
class Share:
    """A part of the copies, the whole, and the share of the period before."""

    part: Figure
    whole: Figure
    per_cent: int | None
    before: int | None

    @property
    def change(self) -> int | None:
        """In points of per cent; None if one of the two is not known."""
        return None if self.per_cent is None or self.before is None else self.per_cent - self.before

    @property
    def change_words(self) -> str:
        """With its sign; empty if it is not known."""
        return "" if self.change is None else signed(self.change, 0)


@dataclass(frozen=True)
class Change:
    """A median against that of the period before."""

    now: Median | None
    before: Median | None

    @property
    def hours(self) -> float | None:
        """Working hours more, or fewer; None if one of the two is not known, or was not reached."""
        if self.now is None or self.before is None or not (self.now.is_reached and self.before.is_reached):
            return None
        return (self.now.time - self.before.time) / timedelta(hours=1)

    @property
    def words(self) -> str:
        """With its sign; empty if it is not known."""
        return "" if self.hours is None else signed(self.hours, 1)


@dataclass(frozen=True)
class Figures:
    """What the page says of one group: a unit, a kind, a letter, or all."""

    period: Period
    now: Tally
    before: Tally
    narrowed: Mapping[str, object] = field(default_factory=dict)
    """The parameters that narrow the outstanding list to the group."""

    def _figure(self, what: Counted) -> Figure:
        query = query_of_copies(self.period, self.narrowed, what)
        return Figure(self.now.counts.get(what, 0), query, self.before.counts.get(what, 0))

    def _share(self, part: Counted, whole: Counted) -> Share:
        shares = (self.now.share(part, whole), self.before.share(part, whole))
        return Share(self._figure(part), self._figure(whole), *shares)

    @property
    def sent(self) -> Figure:
        return Figure(self.now.sent, query_of_copies(self.period, self.narrowed), self.before.sent)

    @property
    def in_time(self) -> Share:
        """Confirmed in time, of the copies whose due time is over."""
        return self._share(Counted.IN_TIME, Counted.DUE)

    @property
    def completed(self) -> Share:
        """Completed in time, of the copies for action whose due time is over."""
        return self._share(Counted.COMPLETED_IN_TIME, Counted.TO_COMPLETE)

    @property
    def late(self) -> Figure:
        return self._figure(Counted.LATE)

    @property
    def missing(self) -> Figure:
        return self._figure(Counted.MISSING)

    @property
    def completed_late(self) -> Figure:
        return self._figure(Counted.COMPLETED_LATE)

    @property
    def not_completed(self) -> Figure:
        return self._figure(Counted.NOT_COMPLETED)

    @property
    def not_yet_due(self) -> Figure:
        return self._figure(Counted.NOT_YET_DUE)

    @property
    def share_not_yet_due(self) -> int | None:
        """Per cent of all copies."""
        return per_cent(self.not_yet_due.count, self.now.sent)

    @property
    def without_due(self) -> Figure:
        return self._figure(Counted.WITHOUT_DUE)

    @property
    def on_behalf(self) -> Figure:
        return self._figure(Counted.ON_BEHALF)

    @property
    def completed_on_behalf(self) -> Figure:
        return self._figure(Counted.COMPLETED_ON_BEHALF)

    @property
    def reminded(self) -> Figure:
        return self._figure(Counted.REMINDED)

    @property
    def measured(self) -> Figure:
        """The copies behind the median."""
        return self._figure(Counted.MEASURED)

    @property
    def confirmed(self) -> Figure:
        return self._figure(Counted.CONFIRMED)

    @property
    def open(self) -> Figure:
        return self._figure(Counted.OPEN)

    @property
    def median(self) -> Change:
        return Change(self.now.median, self.before.median)
