"""Words and rows from the glyphs of one direction of a page."""

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from circulars.reading.source.pdf.glyphs import Glyph
from circulars.reading.source.places import Box

SAME_LINE = 3.0
_WORD_GAP = 0.15
_SMALL = 0.7
_SAME_BASE = 1.0
_TOUCHING = 0.6
_NEAR = 0.8
_TALLEST = 30.0
_STRUCK_TWICE = 1.0
_LEAST_SPACED = 6
_WIDEST_SPACING = 0.8


@dataclass(slots=True)
class Word:
    """A word; places as in `Glyph`."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    box: Box


Row = list[Word]


def rows_of(glyphs: list[Glyph]) -> tuple[list[Row], list[Row]]:
    """The rows from top to bottom, each from left to right, and apart from them the small print beside them.

    Type much smaller than the page's stands in its own rows, unless it shares the line's baseline or touches a word of
    the line (a raised number). Where it stands left or right of a line, as the marks of electronic signatures do, it
    would part lines that belong together.
    """
    glyphs = _once(glyphs)
    usual = _usual_size(glyphs)
    large = [glyph for glyph in glyphs if glyph.size >= _SMALL * usual]
    small = [glyph for glyph in glyphs if glyph.size < _SMALL * usual]
    rows = [words for words in map(_words, _lines(large)) if words]
    bottoms = [row[0].bottom for row in rows]
    apart: list[Row] = []
    for words in map(_words, _lines(small)):
        apart += _without_attached(words, rows, bottoms) if words else []
    rows = [sorted(row, key=lambda w: w.left) for row in rows]
    beside: list[Row] = []
    between: list[Row] = []
    for row in apart:
        (beside if _is_beside(row, rows, bottoms) else between).append(row)
    return sorted([*rows, *between], key=lambda row: row[0].bottom), beside


def _is_beside(small: Row, rows: list[Row], bottoms: list[float]) -> bool:
    """Whether it stands left or right of the nearest line, no farther from it than the next line would be."""
    at = bisect_left(bottoms, small[0].bottom)
    near = min(
        rows[max(at - 1, 0) : at + 1], key=lambda row: abs(_middle(row) - _middle(small)), default=None
    )
    if near is None or abs(_middle(near) - _middle(small)) > _NEAR * near[0].size:
        return False
    return small[-1].right < near[0].left or small[0].left > near[-1].right


def _middle(row: Row) -> float:
    return (row[0].top + row[0].bottom) / 2


def _once(glyphs: list[Glyph]) -> list[Glyph]:
    """Without the second strike of letters that imitate bold type by being printed twice."""
    seen: dict[tuple[str, int, int], Glyph] = {}
    kept = []
    for glyph in glyphs:
        x, y = round(2 * glyph.left), round(glyph.top)
        if glyph.text.strip() and any(
            _is_strike_of(glyph, seen.get((glyph.text, x + dx, y + dy)))
            for dx in (-2, -1, 0, 1, 2)
            for dy in (-1, 0, 1)
        ):
            continue
        seen[glyph.text, x, y] = glyph
        kept.append(glyph)
    return kept


def _is_strike_of(glyph: Glyph, other: Glyph | None) -> bool:
    """Whether it lies on the other one; two narrow letters side by side lie a whole letter apart."""
    if other is None:
        return False
    near = min(_STRUCK_TWICE, 0.5 * (glyph.right - glyph.left))
    return abs(glyph.left - other.left) <= near and abs(glyph.top - other.top) <= _STRUCK_TWICE


def _usual_size(glyphs: list[Glyph]) -> float:
    sizes = Counter(round(glyph.size) for glyph in glyphs if not glyph.text.isspace())
    return float(sizes.most_common(1)[0][0]) if sizes else 0.0


def _lines(glyphs: list[Glyph]) -> list[list[Glyph]]:
    lines: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (g.bottom, g.left)):
        if lines and glyph.bottom - lines[-1][0].bottom <= SAME_LINE:
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return [sorted(line, key=lambda g: g.left) for line in lines]


def _words(line: list[Glyph]) -> list[Word]:
    groups: list[list[Glyph]] = []
    open_word = False
    for glyph in line:
        if glyph.text.isspace():
            open_word = False
            continue
        if open_word and glyph.left - groups[-1][-1].right <= _WORD_GAP * groups[-1][-1].size:
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
            open_word = True
    return [_word(group) for group in _close_up(groups)]


def _close_up(groups: list[list[Glyph]]) -> list[list[Glyph]]:
    """The words of a letterspaced line: most of its letters stand alone, and a wider gap ends a word."""
    alone = sum(len(group) == 1 for group in groups)
    if len(groups) < _LEAST_SPACED or alone < 0.5 * len(groups):
        return groups
    letters = [glyph for group in groups for glyph in group]
    gaps = [after.left - before.right for before, after in pairwise(letters)]
    spacing, size = median(gaps), median(glyph.size for glyph in letters)
    if not _WORD_GAP * size < spacing <= _WIDEST_SPACING * size:
        return groups
    widest = spacing + max(0.12 * size, 0.4 * spacing)
    words = [[letters[0]]]
    for glyph, gap in zip(letters[1:], gaps, strict=True):
        if gap > widest:
            words.append([glyph])
        else:
            words[-1].append(glyph)
    return words


def _word(glyphs: list[Glyph]) -> Word:
    top, bottom = min(glyph.top for glyph in glyphs), max(glyph.bottom for glyph in glyphs)
    boxes = [glyph.box for glyph in glyphs]
    return Word(
        "".join(glyph.text for glyph in glyphs),
        glyphs[0].left,
        max(glyph.right for glyph in glyphs),
        top,
        bottom,
        max(glyph.size for glyph in glyphs),
        (
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        ),
    )


def _without_attached(small: Row, rows: list[Row], bottoms: list[float]) -> list[Row]:
    """Put small words that belong to a line into it; the rest, if any, is a row of its own."""
    rest = []
    for word in small:
        first = bisect_left(bottoms, word.top - _SAME_BASE)
        last = bisect_right(bottoms, word.bottom + _TALLEST)
        row = next((row for row in rows[first:last] if _belongs(word, row)), None)
        if row is None:
            rest.append(word)
        else:
            row.append(word)
    return [rest] if rest else []


def _belongs(word: Word, row: list[Word]) -> bool:
    if abs(row[0].bottom - word.bottom) <= _SAME_BASE:
        return True
    return any(
        other.top <= word.bottom
        and word.top <= other.bottom
        and 0 <= word.left - other.right + 1 <= _TOUCHING * other.size
        for other in row
        if other.size > word.size
    )
