"""The best path of tags through the segments of a head, by dynamic programming with a narrow beam."""

import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from circulars.reading.fields.addressee import is_addressee, is_place
from circulars.reading.fields.head import weights
from circulars.reading.fields.head.emission import TRANSPARENT, Tag, emissions, is_text
from circulars.reading.fields.head.segments import Segment
from circulars.reading.fields.marks import circular_number_of, is_circular_head, is_number_alone
from circulars.reading.text.folding import fold, is_capitals

_ORDER = {
    Tag.STATE: 1,
    Tag.ISSUER: 2,
    Tag.NUMBER: 3,
    Tag.SUBJECT: 3,
    Tag.MORE: 3,
    Tag.CIRCULAR: 0,
    Tag.ADDRESSEE: 5,
    Tag.UNIT: 5,
    Tag.REFERENCE: 6,
}
_ONCE = {Tag.NUMBER, Tag.SUBJECT, Tag.REFERENCE, Tag.STATE, Tag.ADDRESSEE}
_OPEN = re.compile(r"(?:\b(?:ve|ile|veya|ya da|iliskin|dair|yonelik)|,|-|/)$")
_ABOUT = re.compile(r"\b(?:hk|hakkinda)\.?$")
_NEAR = 4
_FAR = 14
_NEXT_LINE = 2
_SUBJECT_WORDS = 12
_SUBJECT_LENGTH = 75
_MOST_MORE = 4


class _State(NamedTuple):
    score: float
    order: int
    seen: frozenset[Tag]
    last: int
    """The index of the last segment that is not transparent; -1 for none."""
    tag: Tag | None
    more: int
    path: "_Link | None"
    end: int
    """The index behind the last segment that is part of the head."""


class _Link(NamedTuple):
    tag: Tag
    before: "_Link | None"


@dataclass(frozen=True)
class Tagged:
    """A way to read the head: a tag for each of its segments, and its score."""

    tags: tuple[Tag, ...]
    score: float


def best_paths(segments: Sequence[Segment], most: int = 8) -> list[Tagged]:
    """The best ways to tag a beginning of the segments, the best first."""
    states = [_State(0.0, 0, frozenset(), -1, None, 0, None, 0)]
    finals: list[tuple[float, int, _State]] = [(0.0, 0, states[0])]
    for index, segment in enumerate(segments):
        following = segments[index + 1] if index + 1 < len(segments) else None
        worth = emissions(segment, following)
        reached: dict[object, _State] = {}
        for state in states:
            for step in _steps(state, segments, index, worth):
                key = (step.order, step.seen, step.last, step.tag)
                if key not in reached or reached[key].score < step.score:
                    reached[key] = step
        states = heapq.nlargest(weights.WIDTH, reached.values(), key=lambda state: state.score)
        finals += [(state.score, index + 1, state) for state in states[:4]]
        if states and states[0].score < finals[0][0] - 40:
            break
    finals.sort(key=lambda each: (-each[0], each[1]))
    return [Tagged(_tags(state), score) for score, _, state in finals[:most]]


def _tags(state: _State) -> tuple[Tag, ...]:
    tags = []
    link = state.path
    while link is not None:
        tags.append(link.tag)
        link = link.before
    return tuple(reversed(tags))


def _steps(
    state: _State, segments: Sequence[Segment], index: int, worth: dict[Tag, float]
) -> Iterator[_State]:
    segment = segments[index]
    for tag, gain in worth.items():
        if tag in TRANSPARENT:
            if tag is Tag.PLACE and state.order < _ORDER[Tag.ISSUER]:
                continue
            if tag is Tag.NOISE and state.order >= _ORDER[Tag.NUMBER] and gain == weights.NOISE:
                gain = weights.NOISE_AFTER_NUMBER
            yield _moved(state, tag, gain, index, advance=False)
        else:
            yield _moved(state, tag, gain + _transition(state, tag, segments, index), index)
    if state.tag in (Tag.SUBJECT, Tag.MORE) and state.more < _MOST_MORE and segment.label is None:
        more = _more_of_subject(segments, state.last, index)
        if more is not None:
            yield _moved(state, Tag.MORE, more, index)
    if state.tag in (Tag.ADDRESSEE, Tag.UNIT) and state.more < _MOST_MORE and segment.label is None:
        more = _more_of_addressee(segments, state.last, index)
        if more is not None:
            yield _moved(state, Tag.UNIT, more, index)


def _moved(state: _State, tag: Tag, gain: float, index: int, *, advance: bool = True) -> _State:
    path = _Link(tag, state.path)
    score = state.score + gain
    end = state.end if tag is Tag.NOISE else index + 1
    if not advance:
        return state._replace(score=score, path=path, end=end)
    seen = state.seen | {tag} if tag in _ONCE else state.seen
    if tag is Tag.STATE:
        seen = frozenset({Tag.STATE})
    more = state.more + 1 if tag in (Tag.MORE, Tag.UNIT) else 0
    return _State(score, max(state.order, _ORDER[tag]), seen, index, tag, more, path, end)


def _transition(state: _State, tag: Tag, segments: Sequence[Segment], index: int) -> float:
    order = _ORDER[tag]
    cost = 0.0
    if tag is Tag.STATE:
        if state.order >= _ORDER[Tag.NUMBER]:
            return weights.REPEATED
        return weights.STATE_AFTER_ISSUER
    if tag in _ONCE and tag in state.seen:
        cost += weights.REPEATED
    if tag is Tag.ISSUER and state.order >= _ORDER[Tag.NUMBER]:
        return cost + weights.ISSUER_LATE
    if tag is Tag.ISSUER and state.tag is Tag.ISSUER and segments[index].gap:
        cost += weights.ISSUER_AFTER_BLANK
    if tag is Tag.ISSUER and state.tag is Tag.ISSUER and is_place(segments[index].text):
        cost += weights.ISSUER_PLACE
    if tag is Tag.ADDRESSEE and not state.seen & {Tag.NUMBER, Tag.SUBJECT}:
        cost += weights.ADDRESSEE_EARLY
    if tag is Tag.CIRCULAR:
        return cost + _of_circular(state, segments, index)
    if order < state.order:
        cost += weights.BACKWARDS
    return cost


def _of_circular(state: _State, segments: Sequence[Segment], index: int) -> float:
    """A bare number is that of a circular below its heading only, and no other bare number is a heading."""
    text = segments[index].text
    above = segments[state.last].text
    if state.tag is Tag.CIRCULAR and circular_number_of(above) is None and any(map(str.isalpha, above)):
        return weights.CIRCULAR_BELOW
    if is_circular_head(text) or is_number_alone(text) or segments[index].label is not None:
        return 0.0
    return weights.CIRCULAR_UNHEADED


def _more_of_subject(segments: Sequence[Segment], last: int, index: int) -> float | None:
    """What it is worth that the segment continues the Konu."""
    segment, before = segments[index], segments[last]
    text = segment.text
    if segment.line - before.last > _NEXT_LINE:
        return None
    labelled = next(
        (each for each in reversed(segments[max(0, last - _MOST_MORE) : last + 1]) if each.label), before
    )
    column = labelled.value_column if labelled.value else before.column
    if len(text) > _SUBJECT_LENGTH or len(text.split()) > _SUBJECT_WORDS:
        return None
    if is_text(segment):
        return weights.SUBJECT_SENTENCE
    above = before.value if before.label is not None else before.text
    score = 0.0
    open_above = bool(_OPEN.search(fold(above).rstrip())) or above.count("(") > above.count(")")
    if open_above:
        score += weights.SUBJECT_OPEN
    if text[0].islower():
        score += weights.SUBJECT_SMALL
    if _ABOUT.search(fold(text)):
        score += weights.SUBJECT_ABOUT
    near = abs(segment.column - column) <= _NEAR
    if near and segment.column > labelled.column + 1:
        score += weights.SUBJECT_GOES_ON
    elif segment.column > column + _FAR:
        score += weights.SUBJECT_ELSEWHERE
    elif not segment.gap:
        score += 0.5
    if segment.gap:
        score += weights.SUBJECT_AFTER_BLANK
    if is_addressee(text) and not text[0].islower():
        score += weights.SUBJECT_ELSEWHERE * 1.5
    if is_capitals(text) and not is_capitals(above) and not open_above:
        score += weights.SUBJECT_ELSEWHERE
    return score


def _more_of_addressee(segments: Sequence[Segment], last: int, index: int) -> float | None:
    """What it is worth that the segment continues the muhatap: its unit, or the next line of its name."""
    text, above = segments[index].text, segments[last].text
    if segments[index].line - segments[last].last > _NEXT_LINE:
        return None
    if above.count("(") > above.count(")"):
        return weights.UNIT
    if text.startswith("("):
        return weights.UNIT
    if is_capitals(text) and is_addressee(text) and (is_capitals(above) or above.startswith("(")):
        return weights.ADDRESSEE_WRAPPED
    return None
