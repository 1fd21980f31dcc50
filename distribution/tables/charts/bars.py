"""Stacked bars of the weeks of dispatch, as numbers for an SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from distribution.queries.sending.overview import Week

HEIGHT, BAR, GAP = 120, 28, 12


@dataclass(frozen=True)
class Part:
    """One part of a bar, from the bottom: confirmed in time, confirmed late, not confirmed."""

    name: str
    y: int
    height: int


@dataclass(frozen=True)
class Bar:
    """The bar of one week."""

    week: Week
    x: int
    parts: Sequence[Part]


def bars_of(weeks: Sequence[Week]) -> list[Bar]:
    """One bar a week, all to the same scale; none if nothing was sent."""
    most = max((each.sent.count for each in weeks), default=0)
    return [_bar(number, each, most) for number, each in enumerate(weeks)] if most else []


def _bar(number: int, week: Week, most: int) -> Bar:
    parts, bottom = [], 0
    for name in ("in_time", "late", "open"):
        top = bottom + getattr(week, name).count
        low, high = (round(HEIGHT * each / most) for each in (bottom, top))
        parts.append(Part(name, HEIGHT - high, high - low))
        bottom = top
    return Bar(week, number * (BAR + GAP), parts)
