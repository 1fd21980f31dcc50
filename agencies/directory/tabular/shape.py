"""The shape of a file of separated values: rows that are longer, broken into lines, or cut off.

Programs leave out empty cells at a row's end as well, so a short row by itself is no fault.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agencies.directory.columns import IDENTITY, kinds_by_word
from agencies.turkish import search_key

MOST_LINES = 20
"""So many lines of one broken row are put together."""

NUMBERED = ("phone", "detsis_no", "protocol_order", "active_from", "active_to")
"""Columns whose values have digits."""

Numbered = tuple[int, list[str]]
_NUMBER = re.compile(r"\s*[0-9]{1,14}\s*")
_CODE = re.compile(rf"\s*({IDENTITY})?[-a-zA-Z0-9_]{{1,80}}\s*")
_ORDINARY_WORD = re.compile(r"\s*[A-Za-z]?[a-z]*\s*")
"""A code may be such a word, and the rest of a broken name as well."""


@dataclass(frozen=True)
class Shape:
    """How many cells a row has. `is_even`: at least half of them have as many as the heading, so others stand out.

    `fields` are those of the columns, empty for one that isn't known.
    """

    fields: list[str]
    longest: int
    is_even: bool
    ends_with_line: bool

    def judged(self, rows: Iterable[Numbered]) -> Iterator[tuple[int, list[str], str | None]]:
        """Each row with its number and what is wrong with the places of its cells.

        “broken_line” and “surplus” are reasons of REASONS. “cut_off” is the file's last row that is shorter than all
        others and has no line end, “cut_off_perhaps” one that is no shorter than others are.
        """
        lines: list[Numbered] = []
        shortest = len(self.fields)
        for number, row in rows:
            if lines and (len(lines) == MOST_LINES or not self._goes_on(lines[-1][1], row)):
                if self._is_broken(lines):
                    yield from self._marked(lines)
                else:
                    shortest = min([shortest, *(len(line) for _number, line in lines if any(line))])
                    yield from ((each, line, None) for each, line in lines)
                lines = []
            if self.is_even and len(row) < len(self.fields):
                lines.append((number, row))
            else:
                yield number, row, "surplus" if len(row) > self.longest else None
        yield from self._last(lines, shortest)

    def _last(self, lines: list[Numbered], shortest: int) -> Iterator[tuple[int, list[str], str | None]]:
        if self._is_broken(lines):
            yield from self._marked(lines)
            return
        for index, (number, row) in enumerate(lines, start=1):
            is_cut = index == len(lines) and any(row) and not self.ends_with_line
            others = min([shortest, *(len(line) for _number, line in lines[:-1] if any(line))])
            flaw = "cut_off" if len(row) < others else "cut_off_perhaps"
            yield number, row, flaw if is_cut else None

    def _goes_on(self, before: list[str], row: list[str]) -> bool:
        """Whether the short row can be the rest of the short row before it, broken within a cell."""
        if len(row) >= len(self.fields) or not (any(before) and any(row)):
            return False
        return not (self._names_kind(before, len(before) - 1) or self._is_whole(row))

    def _is_whole(self, row: list[str]) -> bool:
        """Whether the row begins like one of its own: by its number or code, or by a code and a kind in its place."""
        named = [
            (field, cell)
            for field, cell in zip(self.fields, row, strict=False)
            if field in ("code", "detsis_no")
        ]
        if any(field == "detsis_no" and _NUMBER.fullmatch(cell) for field, cell in named):
            return True
        code = next((cell for field, cell in named if field == "code"), "")
        if not _CODE.fullmatch(code):
            return False
        kind = self.fields.index("kind") if "kind" in self.fields else len(row)
        return not _ORDINARY_WORD.fullmatch(code) or self._names_kind(row, kind)

    def _names_kind(self, row: list[str], place: int) -> bool:
        """Whether there, in the column of kinds, stands a whole kind."""
        return place < len(row) and self.fields[place] == "kind" and search_key(row[place]) in kinds_by_word()

    def _is_broken(self, lines: list[Numbered]) -> bool:
        """Whether these lines together have the cells of one row, the last ones in columns that may hold them."""
        if len(lines) < 2 or sum(len(row) - 1 for _number, row in lines) + 1 != len(self.fields):
            return False
        rest = lines[-1][1][1:]
        return all(map(_may_hold, self.fields[len(self.fields) - len(rest) :], rest))

    @staticmethod
    def _marked(lines: list[Numbered]) -> Iterator[tuple[int, list[str], str | None]]:
        return ((number, row, "broken_line") for number, row in lines)


def _may_hold(field: str, cell: str) -> bool:
    """Whether the cell looks like one of this column; any text does if the column holds texts."""
    if not cell.strip():
        return True
    if field == "kind":
        return search_key(cell) in kinds_by_word()
    if field in ("email", "kep_address"):
        return "@" in cell
    return field not in NUMBERED or any(sign.isdecimal() for sign in cell)


def shape_of(fields: list[str], lengths: list[int], ends_with_line: bool) -> Shape:
    """The shape of a file with these columns; `lengths` are those of its first rows below the heading."""
    columns = len(fields)
    counted = Counter(lengths)
    usual = min((length for length in counted if counted[length] == max(counted.values())), default=columns)
    return Shape(fields, max(columns, usual), counted[columns] * 2 >= len(lengths), ends_with_line)
