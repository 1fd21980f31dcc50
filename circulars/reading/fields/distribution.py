"""The distribution (Dağıtım, Y 19): recipients for action (Gereği) and for information (Bilgi)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from circulars.reading.fields.block.pieces import ORDINAL, is_end_of_body, worth
from circulars.reading.fields.block.readings import Groups, read_regions
from circulars.reading.fields.block.rows import head_of_cell, regions_of, without_heads
from circulars.reading.fields.footer import is_address
from circulars.reading.fields.notes import Notes
from circulars.reading.fields.sections import Kind, Section
from circulars.reading.text.cleaning import PAGE_BREAK
from circulars.reading.text.folding import fold, segments, squeeze
from circulars.reading.text.recipients import (
    ends_in_dative,
    is_complete,
    is_unit,
    split_at_datives,
    split_bullet,
    tidy,
    without_notes,
    without_unit,
)
from circulars.withheld import split_note

_STOP = re.compile(
    r"^\W*(?:\(\s?\*+\s?\)|\*+ ?\S|not\s*:|ek ?[-/]? ?\d{1,2}(?: ?[-:.)]+ ?\S|\s*$)|ekler?\s*:|eki\s*:|olur$|sayi\s*:"
    r"|koordinasyon\s*:|(?:paraf[a-z]{0,3}|hazirlayan|kontrol)\s*(?::|$)|[\d.]{1,4}[./]\d{1,2}[./]\d{4}\s+\S)"
)
_NO_RECIPIENTS_BELOW = re.compile(
    r"^\W*(?:not\s*:|\(\s?\*+\s?\)|\*|ek ?[-/]? ?\d{1,2}\s*$|ekler?\s*:|eki\s*:)"
)
"""A footnote or an attachment: what stands below it is text that may name bodies."""
_SKIP = re.compile(
    r"^\W*(?:hizmete ozel|gizli|cok gizli|kisiye ozel|guvenli elektronik imzali.*|asli ile ayni.*"
    r"|da.?itim(?: yerleri)?\s*:?"
    r"|da.?itim listesi|ek(?:li|teki|'teki) liste.*|\(?devami.*)$"
)
_DOTTED = re.compile(r"^\s*\d{1,3} ?\.")
_MAX_WORDS = 16
_IN_PARENTHESES = re.compile(r"\([^()]*\)?")
_LEAST_NUMBERED = 3
_MOST_SKIPPED = 1.5


@dataclass(frozen=True)
class Distribution:
    """The recipients of both groups; `uncertain` if the layout does not show the group of each."""

    action: list[str]
    info: list[str]
    uncertain: bool = False
    second: tuple[list[str], list[str]] | None = None
    """The second-best reading of both groups, if it is near."""
    withheld: dict[str, str] = field(default_factory=dict)
    """By recipient: its note on attachments, as printed."""
    unplaced_notes: list[str] = field(default_factory=list)
    """Notes of which the layout doesn't show whose they are."""
    miscounted: bool = False
    """The numbers of the entries show that some are missing."""


class _Name(NamedTuple):
    """A recipient, and the note on attachments that was wrapped with it."""

    text: str
    note: str


def read_distribution(
    sections: list[Section], *, running: bool = False, indented: bool = True
) -> Distribution:
    """The recipients under Gereği and Bilgi; without these headings all are for action (Y 19/2).

    `running`: the letter was one long line. `indented`: its lines have kept the blanks before them.
    """
    notes = Notes()
    lines: list[str] = []
    below: list[str] = []
    for section in sections:
        if section.kind in {Kind.DISTRIBUTION, Kind.DISTRIBUTION_LIST}:
            lines += _content(section.lines, notes, running, below)
    groups = read_regions(regions_of(lines), indented=indented, running=running)
    action, info = _names(groups.action), _names(groups.info)
    withheld, unplaced = notes.assigned([each.text for each in (*action, *info)])
    withheld |= {each.text: each.note for each in (*action, *info) if each.note}
    return Distribution(
        [each.text for each in action],
        [each.text for each in info],
        groups.unsure or _leaves_bodies_out([*lines, *below], groups),
        _second(groups),
        withheld,
        unplaced,
        any(map(_skips_numbers, (groups.action, groups.info))),
    )


def _leaves_bodies_out(lines: Sequence[str], groups: Groups) -> bool:
    """Whether the block has more ends of bodies than the recipients that were read."""
    printed = sum(is_end_of_body(word) for line in lines for word in line.split())
    return printed > sum(
        is_end_of_body(word) for name in (*groups.action, *groups.info) for word in name.split()
    )


def _second(groups: Groups) -> tuple[list[str], list[str]] | None:
    if groups.second is None:
        return None
    return [each.text for each in _names(groups.second[0])], [each.text for each in _names(groups.second[1])]


def _content(lines: list[str], notes: Notes, running: bool, below: list[str]) -> list[str]:
    """The lines up to the end of the block, with notes on attachments masked.

    Lines below a word that seems to end the block are added to `below`: bodies among them make the list doubtful.
    """
    content: list[str] = []
    for at, line in enumerate(lines):
        if line == PAGE_BREAK:
            continue
        if not line.strip():
            content.append("")
            continue
        line = without_notes(notes.take(line))
        if _SKIP.match(fold(line)) or not any(c.isalnum() for c in line):
            continue
        if _STOP.match(fold(line)) or _has_ended(line, running):
            if not _NO_RECIPIENTS_BELOW.match(fold(line)):
                below += [each for each in lines[at:] if each != PAGE_BREAK]
            break
        if not is_address(line) or any(map(is_end_of_body, line.split())):
            content.append(line)
    return content


def _has_ended(line: str, running: bool) -> bool:
    if head_of_cell(line):
        return False
    if running:
        return not any(worth(piece.strip(" ,;")) > 0 for piece in split_at_datives(without_heads(line)))
    if len(segments(line)) > 1 or is_unit(line):
        return False
    words = len(_IN_PARENTHESES.sub("", line).split())
    if words > _MAX_WORDS:
        return len([piece for piece in split_at_datives(line) if is_complete(piece.strip(" ,;"))]) < 2
    return words > 6 and line.rstrip().endswith(".") and not line.rstrip().endswith("Ş.")


def _names(pieces: Sequence[str]) -> list[_Name]:
    """Tidy names, without the list's bullets and numbers; what is no recipient is left out."""
    plain = _without_numbers(pieces)
    datives = any(map(ends_in_dative, plain))
    names: list[_Name] = []
    for index, piece in enumerate(plain):
        name = _Name(tidy(without_notes(piece)), split_note(squeeze(piece))[1])
        if name.text and _is_recipient(name.text, datives, index == len(plain) - 1):
            names.append(name)
    return names


def _is_recipient(name: str, datives: bool, last: bool) -> bool:
    if is_complete(name) or not datives:
        return any(c.isalpha() for c in name)
    return not last or worth(without_unit(name)) > 0 or ":" in name


def _without_numbers(pieces: Sequence[str]) -> list[str]:
    """The pieces without bullets, and without numbers that are the list's and not of the names."""
    split = [split_bullet(piece) for piece in pieces]
    numbers = [number for _, number, _ in split]
    listed = _numbers_are_the_lists(pieces, numbers, [rest for _, _, rest in split])
    result = []
    for piece, (bullet, number, rest) in zip(pieces, split, strict=True):
        glued = number is not None and not _DOTTED.match(piece) and not piece.lstrip().startswith("(")
        result.append(rest if bullet or (number is not None and (listed or glued)) else piece)
    return result


def _numbers_are_the_lists(
    pieces: Sequence[str], numbers: Sequence[int | None], rests: Sequence[str]
) -> bool:
    """Whether the numbers run down the group and the names stand without them.

    In a longer list some may be missing: it is then doubtful (`_skips_numbers`).
    """
    counted = sorted(number for number in numbers if number is not None)
    if not counted or all(ORDINAL.match(fold(rest)) for rest in rests):
        return False
    whole = len(counted) == len(pieces) and counted[-1] - counted[0] + 1 == len(set(counted)) == len(counted)
    if not whole and not _is_long_list(pieces, counted):
        return False
    if len(pieces) == 1 and counted[0] != 1:
        return False
    bodies = [fold(without_unit(rest)) for rest in rests]
    return len(set(bodies)) == len(bodies)


def _is_long_list(pieces: Sequence[str], counted: Sequence[int]) -> bool:
    """Whether the numbers are those of a list from one on although a few of them, or a few entries', are missing."""
    return (
        len(counted) >= _LEAST_NUMBERED
        and counted[0] == 1
        and len(set(counted)) == len(counted)
        and counted[-1] < _MOST_SKIPPED * len(counted)
        and len(pieces) < _MOST_SKIPPED * len(counted)
    )


def _skips_numbers(pieces: Sequence[str]) -> bool:
    """Whether entries of a numbered list are missing or have no number."""
    split = [split_bullet(piece) for piece in pieces]
    numbers = [number for _, number, _ in split]
    if not _numbers_are_the_lists(pieces, numbers, [rest for _, _, rest in split]):
        return False
    counted = [number for number in numbers if number is not None]
    return len(counted) != len(pieces) or max(counted) - min(counted) + 1 != len(counted)
