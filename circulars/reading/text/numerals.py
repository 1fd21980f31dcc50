"""Numbers in words, as letters write time limits: `beş`, `on beş`, `yirmi beş`."""

from circulars.reading.text.folding import fold

_UNITS = {"bir": 1, "iki": 2, "uc": 3, "dort": 4, "bes": 5, "alti": 6, "yedi": 7, "sekiz": 8, "dokuz": 9}
_TENS = {
    "on": 10,
    "yirmi": 20,
    "otuz": 30,
    "kirk": 40,
    "elli": 50,
    "altmis": 60,
    "yetmis": 70,
    "seksen": 80,
    "doksan": 90,
}

NUMERAL = rf"(?:(?:{'|'.join(_TENS)})(?: ?(?:{'|'.join(_UNITS)}))?|{'|'.join(_UNITS)})"
"""A pattern for folded text."""


def value_of(words: str) -> int | None:
    """The number that digits or words write; None if they write none."""
    words = fold(words).strip()
    if words.isdecimal():
        return int(words)
    for tens, value in {"": 0, **_TENS}.items():
        rest = words.removeprefix(tens).strip() if words.startswith(tens) else None
        if rest is None or (not rest and not value):
            continue
        if not rest or rest in _UNITS:
            return value + _UNITS.get(rest, 0)
    return None
