"""Horizontal bars of parts of a whole, one below the other."""

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 1000


@dataclass(frozen=True)
class ShareBar:
    """One bar of at most `WIDTH`: how much of it is expected, the solid part, and the outlined one behind that."""

    expected: int
    solid: int
    outlined: int


def share_bars(parts: Iterable[tuple[int, int, int]], whole: int) -> list[ShareBar]:
    """A bar for each three numbers: the solid part, the outlined part, and how much is expected of the whole."""
    return [_bar(*each, whole) for each in parts]


def _bar(solid: int, outlined: int, expected: int, whole: int) -> ShareBar:
    def scaled(number: int) -> int:
        return min(round(WIDTH * number / whole), WIDTH) if whole else 0

    return ShareBar(scaled(expected), scaled(solid), scaled(solid + outlined) - scaled(solid))
