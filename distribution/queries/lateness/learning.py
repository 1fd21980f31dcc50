"""Learn from finished copies, compare with two plain rules on copies not seen, and keep what is best.

1. go through the copies in the order of time: at each share of its working time an open copy becomes an example with
   what was known then; at its due time the outcome becomes known and is added to its unit's record
2. at each split, learn from the examples whose due time has passed, and try that on what comes until the next one
3. compare on the later copies, as warnings given when half of the working time was over
4. learn from all examples what the pages use
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt

from agencies.calendar import WorkingTimes
from distribution.models.lateness import Compared, Duty, Lateness, Method
from distribution.queries.lateness.known import HALF, SHARES, SHORTEST, Copy, Records, features, length
from distribution.queries.lateness.logistic import Features, chance, fit

LIKELY, VERY_LIKELY = 0.5, 0.75
FEWEST_FINISHED = 300
FEWEST_UNSEEN = 50
FEWEST_OF_EACH = 20
"""Fewest finished copies; of those not seen, fewest open at half of their time, and fewest late and in time."""

CERTAIN = 1.645
"""Standard deviations by which a difference must exceed none: chance alone does that once in twenty times."""

DUE = len(SHARES)


@dataclass(frozen=True)
class Moment:
    """One moment in the life of a copy: a share of its working time has passed, or it is due."""

    copy: Copy
    number: int
    """Index in SHARES, or DUE."""

    at: datetime
    length: int


@dataclass(frozen=True)
class Tried:
    """A copy that wasn't seen, when half of its working time was over: what each would have said, and the outcome."""

    pk: int
    chance: float
    slow_last: bool
    unopened: bool
    late: bool


def moments(copies: Iterable[Copy], times: WorkingTimes) -> Iterator[Moment]:
    """The moments of all copies in the order of time. The copies must come in the order in which they were sent."""
    waiting: list[tuple[datetime, int, int, Moment]] = []
    for copy in copies:
        while waiting and waiting[0][0] <= copy.created_at:
            yield heapq.heappop(waiting)[3]
        time = times.of(copy.province)
        given = time.between(copy.created_at, copy.due_at)
        if given < SHORTEST:
            continue
        size = length(given)
        for number, share in enumerate(SHARES):
            at = time.after(copy.created_at, given * share)
            if at < copy.due_at:
                heapq.heappush(waiting, (at, copy.pk, number, Moment(copy, number, at, size)))
        heapq.heappush(waiting, (copy.due_at, copy.pk, DUE, Moment(copy, DUE, copy.due_at, size)))
    while waiting:
        yield heapq.heappop(waiting)[3]


@dataclass
class Learner:
    """What was learned of one duty so far."""

    duty: Duty
    splits: list[datetime]
    records: Records = field(default_factory=Records)
    groups: dict[Features, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    waiting: dict[int, list[Features]] = field(default_factory=dict)
    """By copy, the examples whose outcome isn't known yet."""

    seen: dict[str, float] | None = None
    """What was learned up to the last split."""

    passed: int = 0
    """Splits passed."""

    tried: list[Tried] = field(default_factory=list)
    classes: dict[bool, list[int]] = field(default_factory=lambda: {True: [0, 0], False: [0, 0]})
    """Warnings given and come true at all shares, of "very likely" and of "likely"."""

    def take(self, moment: Moment) -> None:
        """Go on to the next moment."""
        copy = moment.copy
        while self.passed < len(self.splits) and moment.at > self.splits[self.passed]:
            self.seen = self.fitted()
            self.passed += 1
        if moment.number == DUE:
            self._finish(moment)
        elif copy.owes(self.duty, moment.at):
            known = features(copy, self.duty, moment.number, moment.at, moment.length, self.records)
            self.waiting.setdefault(copy.pk, []).append(known)
            if self.seen is not None:
                self._try(moment, known, self.seen)

    def _finish(self, moment: Moment) -> None:
        copy = moment.copy
        if self.duty == Duty.ANSWER and not copy.owes(self.duty, copy.created_at):
            return
        late = copy.is_late(self.duty)
        for known in self.waiting.pop(copy.pk, ()):
            group = self.groups[known]
            group[0] += late
            group[1] += 1
        self.records.add(copy.unit, copy.kind, moment.length, late)

    def _try(self, moment: Moment, known: Features, seen: dict[str, float]) -> None:
        copy = moment.copy
        late, likely = copy.is_late(self.duty), chance(seen, known)
        if likely >= LIKELY:
            group = self.classes[likely >= VERY_LIKELY]
            group[0] += 1
            group[1] += late
        if moment.number == HALF:
            slow = self.records.unit(copy.unit).late_last
            self.tried.append(Tried(copy.pk, likely, slow, copy.state(moment.at) == "unopened", late))

    def fitted(self) -> dict[str, float]:
        """Weights from the examples whose outcome is known."""
        return fit({known: (late, count) for known, (late, count) in self.groups.items()})

    def result(self) -> Lateness:
        """What is stored: the table from all examples, the comparison, and which method is used."""
        every = self.records.all
        slow = compare(self.tried, [each.slow_last for each in self.tried])
        unopened = compare(self.tried, [each.unopened for each in self.tried])
        kinds, units = self.records.stored()
        method = self._enough() and choose(self.tried, {Method.SLOW_LAST: slow, Method.UNOPENED: unopened})
        return Lateness(
            method=method or Method.TOO_SHORT,
            finished=every.all_finished,
            late=every.all_late,
            split_at=self.splits[0],
            unseen=len(self.tried),
            unseen_late=sum(each.late for each in self.tried),
            slow_last=_numbers(slow),
            unopened=_numbers(unopened),
            own=(sum(each.chance >= LIKELY for each in self.tried), self._right()),
            very_likely=tuple(self.classes[True]),
            likely=tuple(self.classes[False]),
            weights=self.fitted(),
            kinds=kinds,
            units=units,
        )

    def _right(self) -> int:
        """Own warnings at half of the time that came true."""
        return sum(each.late for each in self.tried if each.chance >= LIKELY)

    def _enough(self) -> bool:
        late = sum(each.late for each in self.tried)
        return (
            self.records.all.all_finished >= FEWEST_FINISHED
            and len(self.tried) >= FEWEST_UNSEEN
            and min(late, len(self.tried) - late) >= FEWEST_OF_EACH
        )


def compare(tried: Sequence[Tried], rule: Sequence[bool]) -> Compared:
    """The plain rule, and what was learned with as many warnings: the copies that it finds most likely."""
    warned = sum(rule)
    order = sorted(range(len(tried)), key=lambda index: (-tried[index].chance, tried[index].pk))
    chosen = set(order[:warned])
    both = {index for index in chosen if rule[index]}
    hits = {index for index, warns in enumerate(rule) if warns and tried[index].late}
    learned = {index for index in chosen if tried[index].late}
    return Compared(warned, len(hits), len(learned), len(hits - both), len(learned - both))


def choose(tried: Sequence[Tried], rules: dict[Method, Compared]) -> Method:
    """What was learned if it is better than both rules, else the better rule, else nothing.

    Better means: its warnings come true more often than chance explains, at the number of warnings of each rule at
    least as many come true, and with its own warnings the harmonic mean of precision and recall is higher by more
    than chance explains. A rule must beat chance only.
    """
    late = sum(each.late for each in tried)
    rate = late / len(tried)
    own = [each.chance >= LIKELY for each in tried]
    right = sum(each.late for each, warns in zip(tried, own, strict=True) if warns)
    if (
        _is_no_chance(right, sum(own), rate)
        and all(each.learned_hits >= each.hits for each in rules.values())
        and _is_better(tried, own, [each.slow_last for each in tried])
        and _is_better(tried, own, [each.unopened for each in tried])
    ):
        return Method.LEARNED
    useful = [name for name, rule in rules.items() if _is_no_chance(rule.hits, rule.warned, rate)]
    return max(
        useful, key=lambda name: _harmonic(rules[name].hits, rules[name].warned, late), default=Method.NONE
    )


def _is_better(tried: Sequence[Tried], own: Sequence[bool], rule: Sequence[bool]) -> bool:
    """Whether the harmonic mean of the own warnings exceeds that of the rule by more than chance explains.

    The spread is that of the sum of what each copy adds to the difference, in linear approximation.
    """
    late = [each.late for each in tried]
    ours, theirs = _parts(late, own), _parts(late, rule)
    spread = sqrt(sum((one - other) ** 2 for one, other in zip(ours, theirs, strict=True)))
    difference = _mean_of(late, own) - _mean_of(late, rule)
    return spread > 0 and difference / spread >= CERTAIN


def _mean_of(late: Sequence[bool], warned: Sequence[bool]) -> float:
    hits = sum(each and warns for each, warns in zip(late, warned, strict=True))
    return _harmonic(hits, sum(warned), sum(late))


def _parts(late: Sequence[bool], warned: Sequence[bool]) -> list[float]:
    """What each copy adds to the harmonic mean, around it."""
    mean, all_ = _mean_of(late, warned), sum(warned) + sum(late)
    return [
        (2 * (is_late and warns) - mean * (is_late + warns)) / all_ if all_ else 0.0
        for is_late, warns in zip(late, warned, strict=True)
    ]


def _is_no_chance(right: int, warned: int, rate: float) -> bool:
    """Whether so many warnings came true that chance wouldn't explain it."""
    spread = sqrt(warned * rate * (1 - rate))
    return spread > 0 and (right - warned * rate) / spread >= CERTAIN


def _harmonic(hits: int, warned: int, late: int) -> float:
    """Harmonic mean of precision and recall."""
    return 2 * hits / (warned + late) if warned + late else 0.0


def _numbers(rule: Compared) -> tuple[int, ...]:
    return (rule.warned, rule.hits, rule.learned_hits, rule.only_rule, rule.only_learned)
