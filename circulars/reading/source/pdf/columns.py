"""Cells of rows: words are parted at wide gaps, at the edges of columns, and at the rules of tables.

A column's edge is an x that at least three lines of a block share after a gap, and that no word of the lines between
crosses; the headings Gereği and Bilgi make one as well.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from itertools import pairwise
from statistics import median

from circulars.reading.source.page import Cell
from circulars.reading.source.pdf.words import Row, Word
from circulars.reading.source.places import Box
from circulars.reading.text.folding import fold

POINTS_PER_COLUMN = 3.0
_LAST_COLUMN = 400
_WIDE_GAP = 1.6
_EDGE_GAP = 0.45
_SAME_EDGE = 1.5
_LEAST_LINES = 3
_ENOUGH_GAPS = 4
_OUTSTANDING = 1.4


def cells_of(rows: list[Row], table_of: Callable[[Word], int | None]) -> list[tuple[Cell, ...]]:
    """The cells of each row; `table_of` numbers the table's cell in which a word stands."""
    edges = _shared_edges(rows)
    origin = min([0.0, *(row[0].left for row in rows)])
    headed: list[float] = []
    cells = []
    for row, shared in zip(rows, edges, strict=True):
        cells.append(_cut(row, [*shared, *headed], table_of, origin))
        headed = _headings(row) or headed
    return cells


def _headings(row: Row) -> list[float]:
    """Left edge of the right column, if the row holds the headings Gereği and Bilgi (Y 19/1)."""
    heads = [word for word in row if fold(word.text).strip(" :") in {"geregi", "bilgi"}]
    return [heads[1].left] if len(heads) == 2 else []


def _shared_edges(rows: list[Row]) -> list[list[float]]:
    """For each row the edges that it shares with at least two other lines of its block."""
    starts = sorted((left, index) for index, row in enumerate(rows) for left in _after_gaps(row))
    found: list[list[float]] = [[] for _ in rows]
    at = 0
    while at < len(starts):
        end = at
        while end < len(starts) and starts[end][0] - starts[at][0] <= _SAME_EDGE:
            end += 1
        lines = sorted({index for _, index in starts[at:end]})
        if len(lines) >= _LEAST_LINES:
            for block in _uncrossed(lines, starts[at][0], rows):
                for index in block:
                    found[index].append(starts[at][0])
        at = end
    return found


def _after_gaps(row: Row) -> list[float]:
    """Where words begin after a gap that stands out; in justified text all gaps are wide."""
    gaps = [word.left - before.right for before, word in pairwise(row)]
    usual = median(gaps) if len(gaps) >= _ENOUGH_GAPS else 0.0
    return [
        word.left
        for gap, word in zip(gaps, row[1:], strict=True)
        if gap > max(_EDGE_GAP * word.size, _OUTSTANDING * usual)
    ]


def _uncrossed(lines: list[int], edge: float, rows: list[Row]) -> list[list[int]]:
    """The runs of at least three of these lines between which no word crosses the edge."""
    runs: list[list[int]] = []
    for index in lines:
        clear = runs and not any(_crosses(rows[between], edge) for between in range(runs[-1][-1] + 1, index))
        if clear:
            runs[-1].append(index)
        else:
            runs.append([index])
    return [run for run in runs if len(run) >= _LEAST_LINES]


def _crosses(row: Row, edge: float) -> bool:
    at = bisect_left(row, edge - _SAME_EDGE, key=lambda word: word.left)
    return at > 0 and row[at - 1].right > edge


def _cut(
    row: Row, edges: list[float], table_of: Callable[[Word], int | None], origin: float
) -> tuple[Cell, ...]:
    cells: list[list[Word]] = []
    numbers: list[int | None] = []
    for word in row:
        number = table_of(word)
        if cells and number == numbers[-1] and not _parted(cells[-1][-1], word, edges):
            cells[-1].append(word)
        else:
            cells.append([word])
            numbers.append(number)
    return tuple(_cell(words, number, origin) for words, number in zip(cells, numbers, strict=True))


def _parted(before: Word, word: Word, edges: list[float]) -> bool:
    return word.left - before.right > _WIDE_GAP * word.size or any(
        abs(word.left - edge) <= _SAME_EDGE for edge in edges
    )


def _cell(words: list[Word], table: int | None, origin: float) -> Cell:
    box: Box = (
        min(word.box[0] for word in words),
        min(word.box[1] for word in words),
        max(word.box[2] for word in words),
        max(word.box[3] for word in words),
    )
    return Cell(
        " ".join(word.text for word in words),
        _column(words[0].left - origin),
        box,
        max(word.size for word in words),
        table,
        tuple(word.box for word in words),
    )


def _column(left: float) -> int:
    """The text column of an edge in points, bounded because a damaged file may place words far off the page."""
    return min(max(0, round(left / POINTS_PER_COLUMN)), _LAST_COLUMN)
