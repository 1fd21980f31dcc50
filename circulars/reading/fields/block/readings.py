"""Several readings of each region of a block; the best by score is taken."""

import dataclasses
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from circulars.reading.fields.block import weights
from circulars.reading.fields.block.cuts import bodies_of, cuts_of, entries_of
from circulars.reading.fields.block.pieces import leaning, likeness
from circulars.reading.fields.block.rows import Cell, Place, Region, Row, head_of_cell
from circulars.reading.fields.block.search import Option, Reading, number_of, read_column, read_pairs
from circulars.reading.text.folding import fold
from circulars.reading.text.recipients import (
    is_unit,
    split_at_datives,
)

_TOLERANCE = 5
_NEAR = 10


@dataclass
class Groups:
    """The names of both groups as read so far, and how sure the reading is."""

    action: list[str] = field(default_factory=list)
    info: list[str] = field(default_factory=list)
    unsure: bool = False
    second: tuple[list[str], list[str]] | None = None


def read_regions(regions: Sequence[Region], *, indented: bool, running: bool) -> Groups:
    """The names of all regions. `indented`: the letter's lines have kept the blanks before them."""
    groups = Groups()
    seconds: list[tuple[tuple[str, ...], tuple[str, ...]] | None] = []
    parts: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    index = 0
    while index < len(regions):
        region = regions[index]
        following = regions[index + 1] if index + 1 < len(regions) else None
        if region.place is Place.PAIRED:
            reading, sure = _paired(region, indented, running)
        elif _both_heads_first(region, following):
            assert following is not None
            reading, sure = _both_first(following, running)
            index += 1
        else:
            reading, sure = _group(region)
        if region.headed and not reading.left and not reading.right:
            sure = False
        if region.place is Place.PAIRED and not (reading.left and reading.right):
            sure = False
        parts.append((reading.left, reading.right))
        seconds.append(reading.second)
        groups.unsure = groups.unsure or not sure
        index += 1
    for left, right in parts:
        groups.action += left
        groups.info += right
    if any(seconds):
        chosen = [second or part for second, part in zip(seconds, parts, strict=True)]
        groups.second = (
            [name for left, _ in chosen for name in left],
            [name for _, right in chosen for name in right],
        )
    return groups


def _both_heads_first(region: Region, following: Region | None) -> bool:
    """Whether both headings stand above both lists."""
    return (
        region.place is Place.ACTION
        and region.headed
        and not region.rows
        and following is not None
        and following.place is Place.INFO
        and bool(following.rows)
    )


def _paired(region: Region, indented: bool, running: bool) -> tuple[Reading, bool]:
    rows = region.rows
    if running:
        return _ambiguous(region, [_tokens(row) for row in rows])
    edge = _edge(region)
    if edge is not None:
        lone_left = [row for row in rows if len(row.cells) == 1 and row.cells[0].column < edge - _TOLERANCE]
        lone_right = any(len(row.cells) == 1 and row.cells[0].column >= edge - _TOLERANCE for row in rows)
        crossing = [row for row in lone_left if _cut_at(row.cells[0], edge) is None]
        if (indented or lone_right or not lone_left) and not crossing:
            return _placed(rows, edge)
        options = [_placed_options(row, edge, indented or lone_right) for row in rows]
        reading = read_pairs(options)
        return reading, reading.margin >= weights.MARGIN
    return _ambiguous(region, [])


def _edge(region: Region) -> int | None:
    """The column at which the right cells begin."""
    starts = sorted(row.cells[1].column for row in region.rows if len(row.cells) == 2)
    if region.edge is None:
        return starts[len(starts) // 2] if len(starts) > 1 else None
    shared = [start for start in starts if sum(abs(other - start) <= 1 for other in starts) > 1]
    least = shared[0] if shared else region.edge
    return min(region.edge, least) if least > _TOLERANCE * 2 else region.edge


def _cut_at(cell: Cell, edge: int) -> tuple[str, str] | None:
    """The two texts of a cell by its place; None if it reaches over the edge and may be two."""
    text, at = cell.text, edge - cell.column
    if at > 0 and len(text) > at + 1 and text[at - 1] == " " and text[at] != " ":
        return text[:at].strip(), text[at:].strip()
    if len(text) > at and len(bodies_of(text)) > 1:
        return None
    return text, ""


def _placed(rows: Sequence[Row], edge: int) -> tuple[Reading, bool]:
    """The reading of rows whose every cell has its place."""
    left: list[str] = []
    right: list[str] = []
    for row in rows:
        one, two = _sides(row, edge)
        left += [one] if one else []
        right += [two] if two else []
    return _of_columns(left, right)


def _of_columns(left: Sequence[str], right: Sequence[str]) -> tuple[Reading, bool]:
    one, two = read_column(entries_of(left)), read_column(entries_of(right))
    second = None
    if one.second or two.second:
        second = (one.second[0] if one.second else one.left, two.second[0] if two.second else two.left)
    reading = Reading(one.left, two.left, one.score + two.score, min(one.margin, two.margin), second)
    return reading, reading.margin >= weights.MARGIN_OF_JOIN


def _sides(row: Row, edge: int) -> tuple[str, str]:
    left = [cell.text for cell in row.cells if cell.column < edge - _TOLERANCE]
    right = [cell.text for cell in row.cells if cell.column >= edge - _TOLERANCE]
    if right or len(left) == 1:
        if not right and (cut := _cut_at(row.cells[0], edge)):
            return cut
        return " ".join(left), " ".join(right)
    return left[0], " ".join(left[1:])


def _placed_options(row: Row, edge: int, trusted: bool) -> list[Option]:
    if len(row.cells) > 1:
        return [Option(*_sides(row, edge))]
    cell = row.cells[0]
    if cell.column >= edge - _TOLERANCE:
        return [Option("", cell.text)]
    cut = _cut_at(cell, edge)
    if cut is not None and cut[1]:
        return [Option(*cut)]
    options = [Option(cell.text, "")]
    if not trusted:
        options.append(Option("", cell.text, weights.LONE_RIGHT_OF_PLACED))
    if cut is None:
        options += cuts_of(cell.text)
    return options


def _ambiguous(region: Region, tokens: Sequence[Sequence[str]]) -> tuple[Reading, bool]:
    """The best of rows cut anywhere, and of one list after the other."""
    rows = region.rows
    doubles = 0
    if tokens:
        options = [[Option(text, ""), Option("", text)] for row in tokens for text in row]
        texts = [text for row in tokens for text in row]
    else:
        doubles = sum(len(row.cells) > 1 or len(bodies_of(row.cells[0].text)) > 1 for row in rows)
        options = [_options(row, doubles > 0) for row in rows]
        texts = [cell.text for row in rows for cell in row.cells]
    beside = read_pairs(options, aligned=not tokens)
    after = _split(entries_of(texts), _gaps(rows) if not tokens else set())
    against = doubles * weights.TWO_BODIES
    after = dataclasses.replace(after, score=after.score + against)
    best, other = (beside, after) if beside.score >= after.score else (after, beside)
    margin = min(best.margin, best.score - other.score if _differ(best, other) else 9.0)
    second = best.second or ((other.left, other.right) if _differ(best, other) else None)
    reading = Reading(best.left, best.right, best.score, margin, second)
    settled = all(
        len(option_row) == 1 or _is_certain(row) for option_row, row in zip(options, rows, strict=False)
    )
    return reading, bool(rows) and not tokens and settled and margin >= weights.MARGIN


def _is_certain(row: Row) -> bool:
    return len(row.cells) > 1


def _differ(one: Reading, other: Reading) -> bool:
    return (set(one.left), set(one.right)) != (set(other.left), set(other.right))


def _options(row: Row, two: bool) -> list[Option]:
    if len(row.cells) > 1:
        return [Option(row.cells[0].text, " ".join(cell.text for cell in row.cells[1:]))]
    text = row.cells[0].text
    extra = 0.0 if two else weights.CUT_UNSHOWN
    cuts = [option._replace(cost=option.cost + extra) for option in cuts_of(text)]
    return [Option(text, ""), Option("", text, weights.LONE_RIGHT), *cuts]


def _tokens(row: Row) -> list[str]:
    """The pieces of running text: after each dative, units apart."""
    pieces = []
    for cell in row.cells:
        for piece in split_at_datives(cell.text):
            at = piece.find(" (")
            pieces += [piece[:at], piece[at + 1 :]] if at > 0 and piece.endswith(")") else [piece]
    return pieces


def _gaps(rows: Sequence[Row]) -> set[int]:
    """The numbers of the rows above which there is a blank line."""
    return {number for number, row in enumerate(rows) if number and row.gap}


def _both_first(region: Region, running: bool) -> tuple[Reading, bool]:
    """Both headings above, then both lists one after the other; or the rows of two columns."""
    rows = region.rows
    if sum(len(row.cells) > 1 for row in rows) * 2 > len(rows):
        return _paired(region, True, running)
    texts = [cell.text for row in rows for cell in row.cells]
    if running:
        return _ambiguous(region, [_tokens(row) for row in rows])
    entries = entries_of(texts)
    gaps = _gaps(rows) if len(entries) == len(rows) else set()
    reading = _split(entries, gaps)
    sure = len(gaps) == 1 and reading.margin >= weights.MARGIN
    return reading, sure


def _split(texts: Sequence[str], gaps: set[int]) -> Reading:
    """One list after the other: the best place to part them."""
    whole = read_column(texts)
    names = list(whole.left)
    if len(names) < 2:
        return Reading(tuple(names), (), whole.score, 9.0)
    starts = _starts(texts, names) if len(gaps) == 1 else []
    base = sum(itertools.starmap(likeness, itertools.pairwise(names)))
    right = sum(leaning(name, True) for name in names)
    left = 0.0
    found: list[tuple[float, int]] = []
    for at in range(1, len(names)):
        left += leaning(names[at - 1], False)
        right -= leaning(names[at - 1], True)
        score = base - likeness(names[at - 1], names[at]) + left + right
        if starts and starts[at] in gaps:
            score += weights.GAP
        if number_of(names[at]) == 1 and number_of(names[at - 1]) not in (None, 0):
            score += weights.NUMBER_RESTARTS
        if fold(names[at]) < fold(names[at - 1]):
            score += weights.ORDER_BREAKS
        found.append((score, at))
    found.sort(key=lambda each: (-each[0], each[1]))
    at = found[0][1]
    margin = found[0][0] - found[1][0] if len(found) > 1 else 9.0
    other = found[1][1] if len(found) > 1 else None
    second = (tuple(names[:other]), tuple(names[other:])) if other is not None else None
    return Reading(tuple(names[:at]), tuple(names[at:]), whole.score + found[0][0], margin, second)


def _starts(texts: Sequence[str], names: Sequence[str]) -> list[int]:
    """The number of the text with which each name begins."""
    starts, index = [], 0
    for name in names:
        while index < len(texts) and not name.startswith(texts[index].strip()):
            index += 1
        starts.append(index)
        index += 1
    return starts


def _group(region: Region) -> tuple[Reading, bool]:
    """The names below one heading, in one column or several, one of which may begin Bilgi."""
    columns = _columns(region.rows)
    action: list[str] = []
    info: list[str] = []
    if len(columns) > 1 and any(head_of_cell(text) for column in columns for text in column):
        place = region.place
        for column in columns:
            for text in column:
                place = head_of_cell(text) or place
                if not head_of_cell(text):
                    (info if place is Place.INFO else action).append(text)
        return _of_columns(action, info)
    readings = [read_column(entries_of(column)) for column in columns]
    names = tuple(name for reading in readings for name in reading.left)
    score = sum(reading.score for reading in readings)
    margin = min((reading.margin for reading in readings), default=9.0)
    sure = margin >= weights.MARGIN_OF_JOIN
    if len(columns) == 1 and sum(len(bodies_of(text)) > 1 for text in columns[0]) > 1:
        beside = read_pairs([_options(row, True) for row in region.rows], groups=False)
        if beside.score > score:
            names = beside.left + beside.right
            sure = beside.margin >= weights.MARGIN_OF_JOIN
    reading = (
        Reading((), names, score, margin) if region.place is Place.INFO else Reading(names, (), score, margin)
    )
    return reading, sure


def _columns(rows: Sequence[Row]) -> list[list[str]]:
    """The texts of each column: the cells that begin at a place where several rows have a cell."""
    several = [row for row in rows if len(row.cells) > 1]
    more = [cell for row in several for cell in row.cells[1:]]
    if not several or all(is_unit(cell.text) for cell in more):
        return [[" ".join(cell.text for cell in row.cells) for row in rows]]
    edges = _edges([cell.column for cell in more], 1 if len(several) < 2 else 2)
    if not edges:
        return [[cell.text for row in rows for cell in row.cells]]
    first = min(row.cells[0].column for row in rows)
    starts = [first, *(edge for edge in edges if edge > first + _TOLERANCE)]
    columns: list[list[str]] = [[] for _ in starts]
    for row in rows:
        bodies = bodies_of(row.cells[0].text) if len(row.cells) == 1 and len(starts) > 1 else []
        if len(bodies) == 2 and row.cells[0].column + len(row.cells[0].text) > starts[1]:
            columns[0].append(bodies[0])
            columns[1].append(bodies[1])
            continue
        for cell in row.cells:
            near = [i for i, start in enumerate(starts) if cell.column >= start - _TOLERANCE]
            columns[near[-1] if near else 0].append(cell.text)
    return columns


def _edges(starts: Sequence[int], support: int) -> list[int]:
    """The columns at which at least `support` cells begin, near ones taken together."""
    edges: list[list[int]] = []
    for start in sorted(starts):
        if edges and start - edges[-1][0] <= _NEAR:
            edges[-1].append(start)
        else:
            edges.append([start])
    return [each[0] for each in edges if len(each) >= support]
