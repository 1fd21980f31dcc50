"""Comparing printed Turkish without regard to case, accents and lost marks."""

import re
from functools import lru_cache

_FOLDED = str.maketrans("İIıĞğŞşÇçÖöÜüÂâÎîÛû’‘‛`´–—‐‑‒−", "iiiggssccoouuaaiiuu'''''------")
_USUAL_LINE = 250
_CUT_WORD = re.compile(r"[^\W\d_]-$")
_SEGMENT = re.compile(r"\S+(?: \S+)*")


def fold(text: str) -> str:
    """Lower case in plain Latin letters; every character keeps its place."""
    return _folded(text) if len(text) <= _USUAL_LINE else text.translate(_FOLDED).lower()


@lru_cache(maxsize=32768)
def _folded(line: str) -> str:
    """A letter's lines are compared with many patterns, each against the same folded line."""
    return line.translate(_FOLDED).lower()


def squeeze(text: str) -> str:
    """The text with every run of white space as one blank."""
    return " ".join(text.split())


def join_lines(text: str, line: str, glue: str = " ") -> str:
    """Two lines with the glue between; a word cut by a hyphen at the line's end becomes whole."""
    line = line.strip()
    if _CUT_WORD.search(text[-2:]) and line[:1].islower():
        return text[:-1] + line
    return f"{text}{glue}{line}"


def is_capitals(text: str) -> bool:
    """True where nearly all letters are capitals (a Turkish name may keep a small `ve`)."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum(c.isupper() for c in letters) >= 0.85 * len(letters)


def segments(line: str) -> list[tuple[int, str]]:
    """The pieces of a line that stand at least two blanks apart, each with its column."""
    return [(m.start(), m.group()) for m in _SEGMENT.finditer(line)]
