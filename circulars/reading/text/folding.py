"""Compare printed Turkish, ignoring case, accents and lost diacritics."""

import re
from functools import lru_cache

_FOLDED = str.maketrans("İIıĞğŞşÇçÖöÜüÂâÎîÛû’‘‛`´–—‐‑‒−", "iiiggssccoouuaaiiuu'''''------")
_USUAL_LINE = 250
_CUT_WORD = re.compile(r"[^\W\d_]-$")
_SEGMENT = re.compile(r"\S+(?: \S+)*")


def fold(text: str) -> str:
    """Lower-case ASCII of the same length."""
    return _folded(text) if len(text) <= _USUAL_LINE else text.translate(_FOLDED).lower()


@lru_cache(maxsize=32768)
def _folded(line: str) -> str:
    """`fold`, cached because each line is compared with many patterns."""
    return line.translate(_FOLDED).lower()


def squeeze(text: str) -> str:
    """The text with each run of white space replaced by one space."""
    return " ".join(text.split())


def join_lines(text: str, line: str, glue: str = " ") -> str:
    """Join two lines with the glue between them; a word hyphenated at the line's end is rejoined."""
    line = line.strip()
    if _CUT_WORD.search(text[-2:]) and line[:1].islower():
        return text[:-1] + line
    return f"{text}{glue}{line}"


def is_capitals(text: str) -> bool:
    """Whether nearly all letters are capitals (a name in capitals may keep a lower-case `ve`)."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum(c.isupper() for c in letters) >= 0.85 * len(letters)


def segments(line: str) -> list[tuple[int, str]]:
    """The segments of a line separated by at least two spaces, each with its column."""
    return [(m.start(), m.group()) for m in _SEGMENT.finditer(line)]
