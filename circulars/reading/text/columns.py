"""Rows of the two columns Gereği and Bilgi (Y 19/1)."""

import re
from dataclasses import dataclass, field

from circulars.reading.text.folding import segments, squeeze
from circulars.reading.text.recipients import ends_in_dative, split_at_datives

_TOLERANCE = 5
_INNER_BULLET = re.compile(r"(?<=\S) +(?=[-–—•·▪►●] +\S)")


@dataclass(frozen=True)
class Row:
    """The two cells of a row. `unsure`: the layout does not show the column of the only cell."""

    left: str = ""
    right: str = ""
    unsure: bool = False
    more: list[str] = field(default_factory=list)


def split_row(line: str, edge: int | None) -> Row:
    """Split a row at the right heading's column; without one, at wide gaps, bullets or the dative."""
    if edge is not None:
        cut = _cut_at_edge(line, edge)
        if cut:
            return cut
    pieces = [text for _, text in segments(line)]
    if len(pieces) == 2:
        return Row(pieces[0], pieces[1])
    return _cut_running(squeeze(line))


def _cut_at_edge(line: str, edge: int) -> Row | None:
    pieces = segments(line)
    left = [text for start, text in pieces if start < edge - _TOLERANCE]
    right = [text for start, text in pieces if start >= edge - _TOLERANCE]
    if right or not left:
        return Row(" ".join(left), " ".join(right))
    if len(left) > 1:
        return Row(left[0], " ".join(left[1:]))
    if len(line) > edge and line[edge - 1] == " " and line[edge] != " ":
        return Row(line[:edge].strip(), line[edge:].strip())
    if len(split_at_datives(line)) > 1 and len(line) > edge:
        return None
    return Row(line.strip())


def _cut_running(line: str) -> Row:
    bulleted = _INNER_BULLET.split(line)
    if len(bulleted) == 2:
        return Row(bulleted[0], bulleted[1])
    pieces = split_at_datives(line)
    if len(pieces) > 1 and not (ends_in_dative(pieces[-1]) or pieces[-1].endswith(")")):
        pieces = pieces[:-1] if len(pieces) > 2 else [" ".join(pieces)]
    if len(pieces) < 2:
        return Row(pieces[0] if pieces else "", unsure=True)
    return Row(pieces[0], pieces[1], more=pieces[2:])
