"""Search for the recipients of a block: dynamic programming in one column, a beam where the columns are lost."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from circulars.reading.fields.block import weights
from circulars.reading.fields.block.pieces import leaning, likeness, worth
from circulars.reading.text.folding import join_lines
from circulars.reading.text.recipients import ends_in_dative, is_complete, is_plan, is_unit, split_bullet

_LONGEST = 300
_SLACK = 2
"""Columns of room that a word may leave at the edge: a printed line is not measured to the letter."""


@dataclass(frozen=True)
class Reading:
    """The pieces of one group or of two, their score, and the distance of the next reading that differs."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    score: float
    margin: float
    second: "tuple[tuple[str, ...], tuple[str, ...]] | None" = None


@lru_cache(maxsize=16384)
def is_marked(text: str) -> bool:
    """Whether the text begins with a bullet or a number."""
    bullet, number, _ = split_bullet(text)
    return bullet or number is not None


def number_of(text: str) -> int | None:
    return split_bullet(text)[1]


def joined(text: str, more: str) -> str:
    """A name and its next line."""
    return join_lines(text, more)


@lru_cache(maxsize=32768)
def cost_of_join(text: str, more: str) -> float:
    """What it costs that `more` continues `text`."""
    if is_unit(more):
        return 0.0 if is_complete(text) or text.count("(") > text.count(")") else weights.JOIN
    if is_marked(more) and text.count("(") <= text.count(")"):
        return weights.JOIN_MARKED
    if is_complete(text):
        return weights.JOIN_COMPLETE
    return weights.JOIN


class _Best(NamedTuple):
    score: float
    start: int
    rank: int
    skipped: bool


def read_column(texts: Sequence[str], whole: bool = False) -> Reading:
    """The best names of the lines of one column; lines at its end that are no names are left out.

    `whole` keeps every line. Linear in the number of lines.
    """
    if not any(ends_in_dative(text) or is_plan(text) for text in texts):
        return _nominative(texts)
    listed = _marks_each_entry(texts)
    width = max(map(len, texts))
    best: list[list[_Best]] = [[_Best(0.0, -1, 0, False)]]
    for end in range(1, len(texts) + 1):
        found: list[_Best] = []
        text, cost = "", 0.0
        for start in range(end - 1, max(-1, end - 1 - weights.MOST_LINES), -1):
            text, cost = _lines_joined(texts, start, end)
            if len(text) > _LONGEST and end - start > 1:
                break
            gain = worth(text) + cost
            if end < len(texts) and not listed and _goes_on(text, texts, end, width):
                gain += weights.NOMINATIVE_GOES_ON
            if listed and not is_marked(texts[start]):
                gain += weights.UNMARKED
            found += [_Best(each.score + gain, start, rank, False) for rank, each in enumerate(best[start])]
        if not whole:
            found += [
                _Best(each.score + weights.SKIP, end - 1, rank, True)
                for rank, each in enumerate(best[end - 1])
            ]
        best.append(heapq.nlargest(2, found))
    ends = range(len(texts) + 1)
    last = len(texts) if whole else max(ends, key=lambda end: (best[end][0].score, -end))
    pieces = _traced(texts, best, last, 0)
    margin = best[last][0].score - best[last][1].score if len(best[last]) > 1 else 9.0
    second = None
    if margin < weights.MARGIN:
        second = (_traced(texts, best, last, 1), ())
        if second[0] == pieces:
            second, margin = None, 9.0
    return Reading(pieces, (), best[last][0].score, margin, second)


def _goes_on(text: str, texts: Sequence[str], end: int, width: int) -> bool:
    """Whether a name without the dative ends its line because the next word had no room in the column."""
    more = texts[end]
    if is_complete(text) or is_plan(text) or is_marked(more) or is_unit(more):
        return False
    return len(texts[end - 1]) + 1 + len(more.lstrip().partition(" ")[0]) > width - _SLACK


def _marks_each_entry(texts: Sequence[str]) -> bool:
    """Whether the entries have bullets, or numbers that run from one."""
    if not texts or not is_marked(texts[0]):
        return False
    numbers = [number for text in texts if (number := number_of(text)) is not None]
    if not numbers:
        return sum(map(is_marked, texts)) > 1
    return len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1))


def _nominative(texts: Sequence[str]) -> Reading:
    """Names without the dative: only a small letter, a unit or a bullet shows that a name goes on."""
    bulleted = any(map(is_marked, texts))
    names: list[str] = []
    for text in texts:
        open_unit = bool(names) and names[-1].count("(") > names[-1].count(")")
        if names and (open_unit or is_unit(text) or text[0].islower() or (bulleted and not is_marked(text))):
            names[-1] = joined(names[-1], text)
        else:
            names.append(text)
    return Reading(tuple(names), (), weights.HEAD_NOUN * len(names), 9.0)


def _lines_joined(texts: Sequence[str], start: int, end: int) -> tuple[str, float]:
    text, cost = texts[start], 0.0
    for more in texts[start + 1 : end]:
        cost += cost_of_join(text, more)
        text = joined(text, more)
    return text, cost


def _traced(texts: Sequence[str], best: list[list[_Best]], end: int, rank: int) -> tuple[str, ...]:
    pieces = []
    while end > 0:
        step = best[end][rank]
        if not step.skipped:
            pieces.append(_lines_joined(texts, step.start, end)[0])
        end, rank = step.start, step.rank
    return tuple(reversed(pieces))


class Option(NamedTuple):
    """One way to read a row: what stands left, what stands right, and what this way costs."""

    left: str
    right: str
    cost: float = 0.0


class _Link(NamedTuple):
    text: str
    before: "_Link | None"


class _Side(NamedTuple):
    """One column of a state: the closed names, the open one, the last list number (0: none yet)."""

    done: _Link | None = None
    last: str = ""
    open: str = ""
    number: int = 0


class _State(NamedTuple):
    score: float
    left: _Side
    right: _Side
    tail: int = 0
    """The column of the single cell before: 1 left, 2 right, 0 a full row."""


def read_pairs(rows: Iterable[Sequence[Option]], *, groups: bool = True, aligned: bool = True) -> Reading:
    """The best reading of rows whose cells may belong to either column.

    With `groups` the columns are Gereği and Bilgi, else both are of one group. `aligned`: the rows are printed
    lines, so that single cells below two columns are the rest of one of them. Linear in the number of rows.
    """
    states = [_State(0.0, _Side(), _Side())]
    finals: list[tuple[float, int, _State]] = [(0.0, 0, states[0])]
    for number, options in enumerate(rows, start=1):
        following: list[_State] = []
        for state in states:
            for option in options:
                following += _steps(state, option, groups, aligned)
        skipped = [state._replace(score=state.score + 2 * weights.SKIP) for state in states[:2]]
        states = heapq.nlargest(weights.WIDTH, following + skipped, key=_promise)
        finals += [(_value(state, groups), number, state) for state in states]
        if len(finals) > 400:
            finals = heapq.nlargest(100, finals, key=lambda each: each[0])
    finals.sort(key=lambda each: -each[0])
    score, end, state = finals[0]
    result = _names(state)
    second, margin = None, 9.0
    for other_score, other_end, other in finals[1:]:
        if other_end == end and score - other_score < weights.MARGIN * 2:
            names = _names(other)
            if _as_sets(names, groups) != _as_sets(result, groups):
                second, margin = names, score - other_score
                break
    return Reading(*result, score, margin, second)


def _as_sets(names: tuple[tuple[str, ...], tuple[str, ...]], groups: bool) -> object:
    return (set(names[0]), set(names[1])) if groups else set(names[0] + names[1])


def _steps(state: _State, option: Option, groups: bool, aligned: bool) -> Iterator[_State]:
    lefts = list(_put(state.left, option.left, False, groups)) if option.left else [(0.0, state.left, False)]
    rights = (
        list(_put(state.right, option.right, True, groups)) if option.right else [(0.0, state.right, False)]
    )
    full = bool(option.left and option.right)
    for gain_left, left, new_left in lefts:
        for gain_right, right, new_right in rights:
            score = state.score + option.cost + gain_left + gain_right
            tail = state.tail
            if full:
                if tail:
                    score += weights.LONE_BETWEEN
                tail = 0
            elif new_left or new_right:
                side = 2 if new_right else 1
                if aligned and tail and tail != side:
                    score += weights.LONE_SWITCH
                tail = side
            yield _State(score, left, right, tail)


def _put(side: _Side, text: str, info: bool, groups: bool) -> Iterator[tuple[float, _Side, bool]]:
    """Put a text into a column, as a new name or as more of the open one."""
    number = number_of(text) or 0
    gain = _closed(side, info, groups)
    runs = 0.0
    if number and number == side.number + 1:
        runs = weights.NUMBER_RUNS
    elif side.number and (not number or number <= side.number):
        runs = weights.NUMBER_BREAKS
    done = _Link(side.open, side.done) if side.open else side.done
    yield gain + runs, _Side(done, side.open, text, number or side.number), True
    if side.open and len(side.open) < _LONGEST:
        more = joined(side.open, text)
        yield cost_of_join(side.open, text), side._replace(open=more), False


def _closed(side: _Side, info: bool, groups: bool) -> float:
    """The worth of the open name when it is closed."""
    if not side.open:
        return 0.0
    gain = worth(side.open)
    if groups:
        gain += leaning(side.open, info)
        if side.last:
            gain += likeness(side.last, side.open)
    return gain


def _promise(state: _State) -> float:
    """The score that a state may come to: an open name that isn't complete may still become one."""
    return state.score + _hope(state.left.open) + _hope(state.right.open)


@lru_cache(maxsize=16384)
def _hope(text: str) -> float:
    if not text:
        return 0.0
    return worth(text) if is_complete(text) else max(worth(text), 0.8)


def _value(state: _State, groups: bool) -> float:
    return state.score + _closed(state.left, False, groups) + _closed(state.right, True, groups)


def _names(state: _State) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return _names_of(state.left), _names_of(state.right)


def _names_of(side: _Side) -> tuple[str, ...]:
    names = [side.open] if side.open else []
    link = side.done
    while link is not None:
        names.append(link.text)
        link = link.before
    return tuple(reversed(names))
