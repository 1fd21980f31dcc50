"""Position of a value in its source: the line, and on a PDF page the bounding box of its words.

Only letters and digits are compared, so that spaces, hyphens and line ends do not matter.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate

from circulars.reading.text.folding import fold

_NOT_PLAIN = re.compile(r"[\W_]+")
_NEAR = 2000
_SHORTEST_PIECE = 3
_MOST_SPANS = 200
_MOST_TRIES = 20

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """A word of the source; `line` counts from 1, `page` and `box` are set for a PDF."""

    text: str
    line: int
    page: int | None = None
    box: Box | None = None


@dataclass(frozen=True)
class Span:
    """One line of a value's position; for a PDF the page and left, top, right, bottom in points."""

    line: int
    page: int | None = None
    box: Box | None = None


def plain(text: str) -> str:
    """Only letters and digits, in lower-case ASCII."""
    return _NOT_PLAIN.sub("", fold(unicodedata.normalize("NFC", text)))


class Places:
    """Search index over a letter's source; every search is bounded so that reading takes linear time."""

    def __init__(self, placed: list[Placed]) -> None:
        self._placed = placed
        parts = [plain(unit.text) for unit in placed]
        self._text = "".join(parts)
        edges = [0, *accumulate(map(len, parts))]
        self._starts, self._edges = edges[:-1], frozenset(edges)

    def find(self, value: str, start: int = 0, reach: int | None = None) -> tuple[int, int] | None:
        """The first position of the value within `reach` characters after `start`; whole words preferred."""
        wanted = plain(value)
        end = len(self._text) if reach is None else start + reach
        first = begin = self._text.find(wanted, start, end) if wanted else -1
        for _ in range(_MOST_TRIES):
            if begin < 0 or (begin in self._edges and begin + len(wanted) in self._edges):
                break
            begin = self._text.find(wanted, begin + 1, end)
        best = begin if begin >= 0 else first
        return None if best < 0 else (best, best + len(wanted))

    def find_pieces(self, value: str, start: int, reach: int) -> list[tuple[int, int]]:
        """The position of a value that another column may interrupt, in as few pieces as possible."""
        whole = self.find(value, start, reach)
        if whole:
            return [whole]
        words, pieces = value.split(), list[tuple[int, int]]()
        index = 0
        while index < len(words):
            end, best = index + 1, None
            at = pieces[-1][1] if pieces else start
            while end <= len(words):
                found = self.find(" ".join(words[index:end]), at, _NEAR if pieces else reach)
                if found is None:
                    break
                best, end = found, end + 1
            if best and best[1] - best[0] >= _SHORTEST_PIECE:
                pieces.append(best)
            index = max(index + 1, end - 1)
        return pieces

    def spans(self, pieces: Iterable[tuple[int, int]]) -> list[Span]:
        """The lines of these pieces; the words of a line on a page become one box."""
        spans: list[Span] = []
        for begin, end in pieces:
            first = bisect_right(self._starts, begin) - 1
            last = bisect_right(self._starts, end - 1)
            for unit in self._placed[first:last]:
                if len(spans) >= _MOST_SPANS:
                    return spans
                if not plain(unit.text):
                    continue
                if spans and spans[-1].line == unit.line and spans[-1].page == unit.page:
                    spans[-1] = Span(unit.line, unit.page, _around(spans[-1].box, unit.box))
                else:
                    spans.append(Span(unit.line, unit.page, unit.box))
        return spans


def _around(one: Box | None, other: Box | None) -> Box | None:
    if one is None or other is None:
        return None
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))


@dataclass(frozen=True)
class Found:
    """One field: the reason if the reader is not certain, the field's position, and its second-best reading.

    `second` is empty if there is none; the items of a list are joined by line ends.

    Reasons: not_found, lost_letters, old_number, stamp_date, no_dative, columns, plain_name,
    forbidden_urgency, list_elsewhere, text_names_attachment, due_without_day, due_in_days, due_without_hour,
    due_close_of_business, unplaced_note, second_reading, short_year, cites_more, running, repaired, unread_part,
    several_addressees, miscounted, unclaimed.
    """

    sure: bool
    reason: str = ""
    spans: list[Span] = field(default_factory=list)
    second: str = ""
