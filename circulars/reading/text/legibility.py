"""Detect text garbled by character recognition."""

import re
from itertools import islice

from circulars.reading.text.folding import fold

_EDGES = ".,;:!?()[]{}\"'“”«»…/*<>-–—"
_PLAIN = re.compile(r"^[^\W\d_]+(?:['’/.-][^\W\d_]+)*$")
_VOWEL = re.compile("[aeiou]")
_FIGURE = re.compile(r"^[\w.,:/@&%+'’()\-–*?=#~]*\d[\w.,:/@&%+'’()\-–*?=#~]*$")
_LINK = re.compile(r"^\S+[@.]\S+\.\S+$|://")
_CAPITAL_INSIDE = re.compile(r"[a-zçğıöşü][A-ZÇĞİÖŞÜ][a-zçğıöşü]|[A-ZÇĞİÖŞÜ]{2}[a-zçğıöşü][A-ZÇĞİÖŞÜ]")
_COMMON = frozenset(
    [
        "ve",
        "ile",
        "bu",
        "bir",
        "icin",
        "olan",
        "sayili",
        "tarihli",
        "olarak",
        "ederim",
        "rica",
        "arz",
        "gore",
        "hususunda",
        "gerekmektedir",
        "bilgi",
        "geregi",
        "dagitim",
        "uyarinca",
        "tarihinde",
        "ilgili",
        "ekte",
        "yazi",
        "kadar",
        "konu",
        "sayi",
    ]
)
_MIN_SHARE = 0.75
_MIN_COMMON = 3
_MAX_WORD = 120
_ENOUGH = 20_000


def is_legible(lines: list[str]) -> bool:
    """False if too few of the words are plausible."""
    tokens = islice((token for line in lines for token in line.split()), _ENOUGH)
    words = [word for token in tokens if (word := token.strip(_EDGES))]
    counted = [word for word in words if len(word) >= 3 or not word.isalnum()]
    if not counted:
        return False
    good = sum(1 for word in counted if _is_word(word))
    common = sum(1 for word in words if fold(word) in _COMMON)
    return good >= _MIN_SHARE * len(counted) and common >= _MIN_COMMON


def _is_word(word: str) -> bool:
    if len(word) > _MAX_WORD:
        return "://" in word
    if _LINK.search(word):
        return True
    if any(c.isdigit() for c in word):
        return bool(_FIGURE.match(word)) and not _is_digit_among_letters(word)
    if not _PLAIN.match(word) or _CAPITAL_INSIDE.search(word):
        return False
    return bool(_VOWEL.search(fold(word))) or word.isupper() or len(word) <= 3


def _is_digit_among_letters(word: str) -> bool:
    """Whether a digit was recognised in place of a letter: `T1CARET`, `düzen1enen`."""
    return bool(re.match(r"^[^\W\d_]{2,}[\d|]+[^\W\d_]{2,}$", word))
