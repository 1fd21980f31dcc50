"""Where a line of a block may be cut: into the cells of two columns, or into several bodies one after the other."""

import re
from collections.abc import Sequence

from circulars.reading.fields.block import weights
from circulars.reading.fields.block.pieces import ORDINAL, is_end_of_body, worth
from circulars.reading.fields.block.search import Option
from circulars.reading.text.folding import fold, squeeze
from circulars.reading.text.recipients import (
    ends_in_dative,
    is_complete,
    is_plan,
    is_unit,
    split_at_datives,
    split_bullet,
)
from circulars.reading.text.vocabulary import is_known

_MOST_CUT_WORDS = 24
_INNER_MARK = re.compile(r"(?<=\S) +(?=(?:[-–—•·▪►●] +\S|\d{1,3} ?[-.)] ?[A-ZÇĞİÖŞÜ]))")
_COMMA = re.compile(r"[,;] +(?=[A-ZÇĞİÖŞÜ\d])")
_GOES_ON = ("bağlı", "ait", "yönelik", "ilişkin", "dair", "göre")


def cuts_of(text: str) -> list[Option]:
    """Every place where the text may be cut into a left and a right cell."""
    words = text.split()
    options: list[Option] = []
    if len(words) > _MOST_CUT_WORDS:
        return options
    depth = 0
    broken = text.count("(") != text.count(")")
    for index in range(1, len(words)):
        depth += words[index - 1].count("(") - words[index - 1].count(")")
        if depth > 0 and not broken:
            continue
        left, right = " ".join(words[:index]), " ".join(words[index:])
        marked = _begins_entry(right)
        if not marked and not right[0].isupper() and not right.startswith("("):
            continue
        if marked or (depth <= 0 and (_ends(left) or right.startswith("("))):
            cost = weights.CUT_AT_END
        else:
            cost = weights.CUT_KNOWN if is_known(right) else weights.CUT_ANYWHERE
        options.append(Option(left, right, cost))
    return options


def _begins_entry(text: str) -> bool:
    return bool(re.match(r"^(?:[-–—•·▪►●] +\S|\d{1,3} ?[-.)] ?[A-ZÇĞİÖŞÜ])", text))


def _ends(text: str) -> bool:
    return (
        text.endswith(")")
        or (ends_in_dative(text) and worth(text.split()[-1]) > weights.NO_BODY * 4)
        or is_plan(text)
    )


def bodies_of(text: str) -> list[str]:
    """The pieces of a text that holds several bodies; the text alone if it doesn't."""
    marked = _INNER_MARK.split(text)
    if any(ORDINAL.match(fold(split_bullet(piece)[2])) for piece in marked[1:]):
        marked = [text]
    if len(marked) > 1 and all(
        split_bullet(piece)[1] is not None or number == 0 for number, piece in enumerate(marked)
    ):
        numbers = [split_bullet(piece)[1] for piece in marked]
        if numbers[0] is not None or len(marked) > 2:
            return marked
    pieces: list[str] = []
    for piece in split_at_datives(text):
        goes_on = pieces and (piece.startswith((":", ",")) or piece.split()[0] in _GOES_ON)
        if pieces and (goes_on or not _is_whole(pieces[-1])):
            pieces[-1] += " " + piece
        else:
            pieces.append(re.sub(r"^(?:ve|ile) (?=[A-ZÇĞİÖŞÜ\d])", "", piece) if pieces else piece)
    if len(pieces) == 1 and not ends_in_dative(text):
        parts = _COMMA.split(text)
        if len(parts) > 1 and all(worth(part) >= weights.HEAD_NOUN for part in parts):
            return parts
    if len(pieces) > 1 and not is_complete(pieces[-1]) and not is_unit(pieces[-1]) and len(pieces) == 2:
        return pieces if worth(pieces[-1]) >= weights.HEAD_NOUN else [text]
    return pieces


def _is_whole(piece: str) -> bool:
    """Whether a body ends here; `Makina` and `Hazine` only look like datives."""
    words = piece.rstrip(" ,;").split("(")[0].split()
    return bool(words) and (
        is_end_of_body(words[-1]) or "'" in words[-1] or "’" in words[-1] or is_plan(" ".join(words))
    )


def entries_of(texts: Sequence[str]) -> list[str]:
    """The texts, those with several bodies in one line parted."""
    entries: list[str] = []
    for text in texts:
        bodies = bodies_of(text)
        if len(bodies) > 1 and sum(map(worth, bodies)) > worth(text):
            entries += [squeeze(body).strip(" ,;") for body in bodies]
        else:
            entries.append(text)
    return entries
