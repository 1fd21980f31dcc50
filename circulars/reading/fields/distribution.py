"""The distribution (Dağıtım, Y 19): recipients for action (Gereği) and for information (Bilgi)."""

import itertools
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from circulars.reading.fields.footer import is_address
from circulars.reading.fields.notes import Notes
from circulars.reading.fields.sections import Kind, Section
from circulars.reading.text.cleaning import PAGE_BREAK
from circulars.reading.text.columns import Row, split_row
from circulars.reading.text.folding import fold, segments, squeeze
from circulars.reading.text.recipients import (
    ends_in_dative,
    is_complete,
    is_own_unit,
    is_unit,
    split_at_datives,
    split_bullet,
    takes_unit,
    tidy,
    without_notes,
    without_unit,
)
from circulars.withheld import split_note

_BOTH = re.compile(r"^\W*gere.?i(?: icin)?\s*:?\s+bilgi(?: icin)?\s*:?\s*$")
_ACTION = re.compile(r"^\W*gere.?i(?: icin)?\s*(?::\s*|$)")
_INFO = re.compile(r"^\W*bilgi(?: icin)?\s*(?::\s*|$)")
_STOP = re.compile(
    r"^\W*(?:\(\s?\*+\s?\)|\*+ ?\S|not\s*:|ek ?[-/]? ?\d{1,2}\s*$|ekler?\s*:|koordinasyon|olur$"
    r"|sayi\s*:|paraf\b|hazirlayan"
    r"|kontrol\s*:|\d{1,2}[./]\d{1,2}[./]\d{4}\s+\S)"
)
_SKIP = re.compile(
    r"^\W*(?:hizmete ozel|gizli|cok gizli|kisiye ozel|guvenli elektronik imzali.*|asli ile ayni.*"
    r"|da.?itim(?: yerleri)?\s*:?"
    r"|da.?itim listesi|ek(?:li|teki|'teki) liste.*|\(?devami.*)$"
)
_TAIL_OF_NAME = re.compile(
    r"(?:mudurlug|mudurlukler|baskanlig|baskanliklar|bakanlig|bakanliklar|valili|kaymakam|rektorlu"
    r"|birimler|defterdar|komutan"
    r"|universite|kurum|kurul|enstitu|meclis|dernek|oda|birlik|mahkeme|sekreter)[a-z]*$"
)
_MAX_WORDS = 16
_MAX_NAME = 300
_ENOUGH_TO_COMPARE = 200


class _Group:
    """The lines of one group."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, line: str) -> None:
        if line.strip():
            self.lines.append(squeeze(line))


class _Reader:
    """Reads the lines of the Dağıtım and assigns them to their heading."""

    def __init__(self, running: bool) -> None:
        self._running = running
        self._action, self._info = _Group(), _Group()
        self._current = self._action
        self._paired = False
        self._edge: int | None = None
        self._rows: list[Row] = []
        self.uncertain = False
        self.notes = Notes()

    def take_section(self, lines: list[str]) -> None:
        for line in lines:
            if line == PAGE_BREAK or not line.strip():
                continue
            if not self._take_head(line) and not self._take_line(line):
                break

    def groups(self) -> "tuple[list[_Name], list[_Name]]":
        self._settle_rows()
        return _names(self._action.lines), _names(self._info.lines)

    def _take_head(self, line: str) -> bool:
        folded = fold(line)
        if _BOTH.match(folded):
            left, right = folded.index("gere"), folded.rindex("bilgi")
            self._settle_rows()
            self._paired = True
            self._edge = right if len(line[left:right].rstrip()) + left + 1 < right else None
            return True
        action, info = _ACTION.match(folded), _INFO.match(folded)
        if action:
            self._settle_rows()
            self._paired, self._current = False, self._action
            self._take_rest(line[action.end() :])
            return True
        if info:
            self._settle_rows()
            empty_action = self._current is self._action and not self._action.lines
            self._current = self._info
            self._paired, self._edge = empty_action and self._running, None
            self._take_rest(line[info.end() :])
            return True
        return False

    def _take_rest(self, rest: str) -> None:
        if rest.strip():
            self._take_line(rest)

    def _take_line(self, line: str) -> bool:
        """False if the Dağıtım has ended."""
        blanked = self.notes.take(line)
        line = without_notes(blanked if self._paired else line)
        folded = fold(line)
        if _SKIP.match(folded) or not any(c.isalnum() for c in line):
            return True
        if _STOP.match(folded) or self._has_ended(line):
            return False
        if self._paired:
            self._rows.append(split_row(line, self._edge))
        elif self._running:
            for piece in split_at_datives(line):
                self._current.add(piece)
        else:
            self._current.add(line)
        return True

    def _has_ended(self, line: str) -> bool:
        if self._running:
            return not any(ends_in_dative(piece) or is_complete(piece) for piece in split_at_datives(line))
        return _is_sentence(line)

    def _settle_rows(self) -> None:
        """Assign the cells of two-column rows to their groups; single cells by similarity."""
        if not self._rows:
            return
        left, right, lone = self._certain_cells()
        alone = set(lone)
        self.uncertain = self.uncertain or bool(alone) or any(row.more for row in self._rows)
        longer = self._info if _are_right([self._rows[i].left for i in lone], left, right) else self._action
        for position, row in enumerate(self._rows):
            if position in alone:
                longer.add(row.left)
                continue
            if _is_stray_unit(row, self._action.lines, self._info.lines):
                name, _, unit = row.left.partition("(")
                self._action.add(name)
                self._info.add("(" + unit)
                continue
            self._action.add(row.left)
            self._info.add(row.right)
            for number, extra in enumerate(row.more):
                (self._info if _extra_is_right(extra, number, row) else self._action).add(extra)
        self._rows = []

    def _certain_cells(self) -> tuple[list[str], list[str], list[int]]:
        rows = self._rows
        lone = [i for i, row in enumerate(rows) if row.unsure and not _is_row_with_unit_of_right(rows, i)]
        alone = set(lone)
        left = [row.left for i, row in enumerate(self._rows) if row.left and i not in alone]
        right = [row.right for row in self._rows if row.right]
        return left, right, lone


@dataclass(frozen=True)
class Distribution:
    """The recipients of both groups; `uncertain` if the layout does not show the group of each."""

    action: list[str]
    info: list[str]
    uncertain: bool = False
    withheld: dict[str, str] = field(default_factory=dict)
    """By recipient: its note on attachments, as printed."""
    unplaced_notes: list[str] = field(default_factory=list)
    """Notes of which the layout doesn't show whose they are."""


def read_distribution(sections: list[Section], *, running: bool = False) -> Distribution:
    """The recipients under Gereği and Bilgi; without these headings all are for action (Y 19/2)."""
    reader = _Reader(running)
    for section in sections:
        if section.kind in {Kind.DISTRIBUTION, Kind.DISTRIBUTION_LIST}:
            reader.take_section(section.lines)
    action, info = reader.groups()
    names = [each.text for each in (*action, *info)]
    withheld, unplaced = reader.notes.assigned(names)
    withheld |= {each.text: each.note for each in (*action, *info) if each.note}
    return Distribution(
        [each.text for each in action], [each.text for each in info], reader.uncertain, withheld, unplaced
    )


class _Name(NamedTuple):
    """A recipient, and the note on attachments that was wrapped with it."""

    text: str
    note: str


def _names(lines: list[str]) -> list[_Name]:
    """Complete names: wrapped lines and units in parentheses joined, bullets and numbers removed."""
    numbered = _is_numbered(lines)
    datives = any(ends_in_dative(line) for line in lines)
    names: list[str] = []
    bulleted_before = False
    for line in lines:
        bullet, number, rest = split_bullet(line)
        marked = bullet or (number is not None and numbered)
        text = rest if marked else line
        if not text.strip() or is_address(text):
            continue
        if names and not marked and _continues(names[-1], text, datives, bulleted_before):
            glue = "" if re.search(r"\w-$", names[-1][-2:]) and text[0].islower() else " "
            names[-1] = (names[-1].removesuffix("-") if not glue else names[-1]) + glue + text
        else:
            names.append(text)
        bulleted_before = bulleted_before or marked
    whole = [_Name(tidy(without_notes(name)), split_note(squeeze(name))[1]) for name in names]
    return [
        name
        for i, name in enumerate(whole)
        if name.text and _is_recipient(name.text, datives, i == len(whole) - 1)
    ]


def _is_numbered(lines: list[str]) -> bool:
    numbers = [number for line in lines if (number := split_bullet(line)[1]) is not None]
    return (len(numbers) >= 2 and all(b == a + 1 for a, b in itertools.pairwise(numbers))) or (
        len(lines) == len(numbers) == 1 and numbers[0] == 1
    )


def _continues(name: str, text: str, datives: bool, bulleted: bool) -> bool:
    if len(name) > _MAX_NAME:
        return False
    if name.count("(") > name.count(")") or is_unit(text):
        return True
    if is_complete(name):
        return False
    return datives or bulleted or text[:1].islower()


def _is_recipient(name: str, datives: bool, last: bool) -> bool:
    """Whether it is a recipient; a last line without dative counts only if it names a body."""
    if is_complete(name) or not datives:
        return any(c.isalpha() for c in name)
    return not last or bool(_TAIL_OF_NAME.search(without_unit(fold(name))))


def _is_sentence(line: str) -> bool:
    if len(segments(line)) > 1 or is_unit(line):
        return False
    words = len(line.split())
    return words > _MAX_WORDS or (
        words > 6 and line.rstrip().endswith(".") and not line.rstrip().endswith("Ş.")
    )


def _is_stray_unit(row: Row, action: list[str], info: list[str]) -> bool:
    """Whether the unit in `TRT Genel Müdürlüğüne (Y)` belongs to the right cell of the previous row."""
    if not row.unsure or "(" not in row.left or row.left.lstrip().startswith("("):
        return False
    name = row.left.partition("(")[0]
    return bool(info) and takes_unit(info[-1]) and ")" not in info[-1] and not takes_unit(name)


def _is_row_with_unit_of_right(rows: list[Row], index: int) -> bool:
    before = rows[index - 1] if index else None
    return before is not None and _is_stray_unit(
        rows[index], [before.left], [before.right] if before.right else []
    )


def _are_right(cells: list[str], left: list[str], right: list[str]) -> bool:
    """Whether the single cells, the remainder of the longer column, belong to Bilgi.

    They do if they have their last words in common with Bilgi, or are units of the issuer as those there.
    """
    own_right = any(map(is_own_unit, right)) and not any(map(is_own_unit, left))
    votes = 0
    for cell in cells:
        if is_unit(cell):
            continue
        likeness = _likeness(cell, right) - _likeness(cell, left)
        votes += likeness if likeness else (1 if own_right and is_own_unit(cell) else -1)
    return votes > 0


def _likeness(cell: str, others: list[str]) -> int:
    """Number of last words in common with any of the others; a single word does not count."""
    most = max((_common_ending(cell, other) for other in others[:_ENOUGH_TO_COMPARE]), default=0)
    return most if most > 1 else 0


def _common_ending(one: str, other: str) -> int:
    count = 0
    for a, b in zip(reversed(fold(one).split()), reversed(fold(other).split()), strict=False):
        if a != b:
            break
        count += 1
    return count


def _extra_is_right(cell: str, number: int, row: Row) -> bool:
    """Whether an extra cell of unrolled text belongs to Bilgi: units of the issuer do, else cells alternate."""
    if is_own_unit(row.right) and not is_own_unit(row.left):
        return is_own_unit(cell)
    return number % 2 == 1
