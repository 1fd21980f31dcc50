"""The lines of a Dağıtım as rows of cells below their headings Gereği and Bilgi."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from circulars.reading.text.folding import fold, segments, squeeze

_FOR = r"(?: icin| edilmek uzere| yapilmak uzere)?"
_ACTION = r"gere.?[il1]" + _FOR
_INFO = r"b[il1]lg[il1]" + _FOR
_ACTION_HEAD = re.compile(r"^\W*" + _ACTION + r"\s*(?::\s*|$)")
_INFO_HEAD = re.compile(r"^\W*" + _INFO + r"\s*(?::\s*|$)")
_BOTH = re.compile(r"^\W*(" + _ACTION + r"(?:\s*:)?)\s+(" + _INFO + r"\s*:?)\s*$")
_BOTH_WITH_REST = re.compile(r"^\W*(" + _ACTION + r"\s*:)\s*(\S.*?)\s+(" + _INFO + r"\s*:)\s*(\S.*)?$")


class Cell(NamedTuple):
    """A run of text and its first column."""

    column: int
    text: str


class Place(Enum):
    """What a heading says of the rows below it."""

    PLAIN = "no heading"
    ACTION = "Gereği"
    INFO = "Bilgi"
    PAIRED = "Gereği and Bilgi beside each other"


@dataclass
class Row:
    """The cells of a line; whether a blank line stands above it."""

    cells: list[Cell]
    gap: bool = False


@dataclass
class Region:
    """The rows below one heading; `edge` is the column of Bilgi if it stands apart."""

    place: Place
    edge: int | None = None
    rows: list[Row] = field(default_factory=list)
    headed: bool = False


def head_of_cell(text: str) -> Place | None:
    """Whether a cell is nothing but a heading."""
    folded = fold(squeeze(text))
    if (match := _ACTION_HEAD.match(folded)) and match.end() == len(folded):
        return Place.ACTION
    if (match := _INFO_HEAD.match(folded)) and match.end() == len(folded):
        return Place.INFO
    return None


def regions_of(lines: Iterable[str]) -> list[Region]:
    """The regions of a block's lines; blank lines are gaps."""
    regions = [Region(Place.PLAIN)]
    gap = False
    for line in lines:
        if not line.strip():
            gap = True
            continue
        for region in _heads(line):
            regions.append(region)
            gap = False
        rest = without_heads(line)
        if rest.strip():
            regions[-1].rows.append(Row([Cell(*each) for each in segments(rest)], gap))
            gap = False
    return [region for region in regions if region.rows or region.headed]


def _heads(line: str) -> Iterator[Region]:
    folded = fold(line)
    if (both := _BOTH.match(folded)) is not None:
        apart = both.start(2) - both.end(1) >= 2
        yield Region(Place.PAIRED, both.start(2) if apart else None, headed=True)
    elif (both := _BOTH_WITH_REST.match(folded)) is not None:
        apart = line[both.end(2) : both.start(3)].count(" ") >= 2
        if apart:
            yield Region(Place.PAIRED, both.start(3), headed=True)
        else:
            left = Row([Cell(both.start(2), line[both.start(2) : both.end(2)].strip())])
            yield Region(Place.ACTION, rows=[left], headed=True)
            yield Region(Place.INFO, headed=True)
    elif _ACTION_HEAD.match(folded):
        yield Region(Place.ACTION, headed=True)
    elif _INFO_HEAD.match(folded):
        yield Region(Place.INFO, headed=True)


def without_heads(line: str) -> str:
    """The line with blanks in place of its headings, so that columns stay where they are."""
    folded = fold(line)
    if _BOTH.match(folded):
        return ""
    both = _BOTH_WITH_REST.match(folded)
    if both:
        rest = line[both.start(4) :] if both[4] else ""
        if line[both.end(2) : both.start(3)].count(" ") >= 2:
            left = " " * both.start(2) + line[both.start(2) : both.end(2)]
            return left.ljust(both.start(4) if both[4] else 0) + rest
        return " " * max(both.start(4), 0) + rest
    match = _ACTION_HEAD.match(folded) or _INFO_HEAD.match(folded)
    return " " * match.end() + line[match.end() :] if match else line
