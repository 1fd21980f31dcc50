"""The shape of a file of separated values: rows that are longer, broken into lines, or cut off."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST_LINES = 20
"""So many lines of one broken row are put together."""

Numbered = tuple[int, list[str]]


@dataclass(frozen=True)
class Shape:
    """How many cells a row has. `is_even`: most rows have as many as the heading, so a shorter one is conspicuous."""

    columns: int
    longest: int
    is_even: bool
    ends_with_line: bool

    def judged(self, rows: Iterable[Numbered]) -> Iterator[tuple[int, list[str], str | None]]:
        """Each row with its number and the reason, a key of REASONS, not to trust the places of its cells."""
        short: list[Numbered] = []
        for number, row in rows:
            if self.is_even and len(row) < self.columns and len(short) < MOST_LINES:
                short.append((number, row))
                continue
            yield from self._judged_short(short)
            short = []
            yield number, row, "surplus" if len(row) > self.longest else None
        yield from self._judged_short(short, is_end=True)

    def _judged_short(
        self, rows: list[Numbered], *, is_end: bool = False
    ) -> Iterator[tuple[int, list[str], str | None]]:
        """Successive short rows: lines of one row if together they have its cells."""
        cells = sum(max(1, len(row)) for _number, row in rows) - len(rows) + 1
        flaw = "broken_line" if len(rows) > 1 and cells == self.columns else None
        is_cut = is_end and not flaw and not self.ends_with_line
        for index, (number, row) in enumerate(rows, start=1):
            yield number, row, "cut_off" if is_cut and index == len(rows) else flaw


def shape_of(columns: int, lengths: list[int], ends_with_line: bool) -> Shape:
    """The shape of a file with so many columns; `lengths` are those of its first rows below the heading."""
    counted = Counter(lengths)
    usual = min((length for length in counted if counted[length] == max(counted.values())), default=columns)
    return Shape(columns, max(columns, usual), counted[columns] * 2 > len(lengths), ends_with_line)
