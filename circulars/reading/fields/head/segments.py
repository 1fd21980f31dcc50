"""The first lines of a letter as segments: cut at wide gaps and at labels inside a line."""

import itertools
import re
from dataclasses import dataclass

from circulars.reading.fields.references import is_reference_label, read_references
from circulars.reading.fields.sections import is_closing
from circulars.reading.text.cleaning import PAGE_BREAK
from circulars.reading.text.folding import fold, segments, squeeze
from circulars.reading.text.labels import Label, inner_labels, label_alone, label_of

_MOST_CELLS = 5
_TOO_LONG = 600
_BLOCK = re.compile(r"^\W*(?:da.?[i1l]t[i1l]m\s*:|gere.?[i1l]\s*:.*|ek(?:ler|i)?\s*:.*)\s*$")
"""A heading below the text, where no head goes on."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text in the head.

    `line` is its index, `last` that of its last line (İlgi has several). `column` and `value` are the columns of
    the text and of what follows its label. `gap`: a blank line stands above. `alone`: nothing else is on its line.
    """

    text: str
    line: int
    last: int
    column: int
    label: Label | None = None
    value: str = ""
    value_column: int = 0
    gap: bool = False
    alone: bool = True
    items: tuple[str, ...] = ()


def segments_of(lines: list[str], most: int) -> list[Segment]:
    """The segments of the first `most` lines with text."""
    found: list[Segment] = []
    index = inked = 0
    gap = True
    while index < len(lines) and inked < most:
        line = lines[index]
        if is_closing(line) or _BLOCK.match(fold(line)):
            break
        if not line.strip() or line == PAGE_BREAK:
            gap = True
            index += 1
            continue
        inked += 1
        if is_reference_label(line) and (found or index):
            items, after = read_references(lines, index)
            last = max(index, after - 1)
            column = len(line) - len(line.lstrip())
            found.append(
                Segment(squeeze(line), index, last, column, Label.REFERENCE, gap=gap, items=tuple(items))
            )
            index, gap = max(after, index + 1), False
            continue
        pieces = _pieces(line[:_TOO_LONG])
        for column, text in pieces:
            found.append(_segment(text, column, index, gap, len(pieces) == 1))
        gap = False
        index += 1
    return found


def _segment(text: str, column: int, line: int, gap: bool, alone: bool) -> Segment:
    labelled = label_of(text)
    if labelled is None:
        return Segment(squeeze(text), line, line, column, None, squeeze(text), column, gap, alone)
    label, start = labelled
    value = text[start:]
    return Segment(
        squeeze(text),
        line,
        line,
        column,
        label,
        squeeze(value),
        column + start + len(value) - len(value.lstrip()),
        gap,
        alone,
    )


def _pieces(line: str) -> list[tuple[int, str]]:
    """The cells of a line, a label joined with its value, cut again before labels and a date at the end."""
    joined: list[tuple[int, str]] = []
    for column, text in segments(line):
        before = joined[-1] if joined else None
        if before and (
            label_alone(before[1], colon=False) or text.startswith(":") or before[1].endswith(":")
        ):
            start = before[0]
            joined[-1] = (start, line[start : column + len(text)])
        else:
            joined.append((column, text))
    pieces: list[tuple[int, str]] = []
    for column, text in joined[:_MOST_CELLS]:
        cuts = [0, *inner_labels(text), len(text)]
        for start, end in itertools.pairwise(cuts):
            part = text[start:end]
            if part.strip():
                pieces.append((column + start + len(part) - len(part.lstrip()), part.strip()))
    if len(joined) > _MOST_CELLS:
        column = joined[_MOST_CELLS][0]
        pieces.append((column, line[column:].strip()))
    return pieces
