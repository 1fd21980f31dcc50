"""Bars of the best and the worst movements, to the left and to the right of what was before."""

from collections.abc import Sequence
from dataclasses import dataclass

from distribution.queries.month_review.groups import Movement, Movements

WIDTH, NAME, BAR, BETWEEN = 640, 15, 12, 9
MIDDLE, HALF = 320, 230
ROW = NAME + BAR + BETWEEN
LONGEST_NAME = 90


@dataclass(frozen=True)
class Bar:
    """The movement of one group; to the left it became faster."""

    movement: Movement
    name: str
    y: int
    x: int
    length: int
    is_better: bool

    @property
    def text_y(self) -> int:
        return self.y - 4

    @property
    def value_y(self) -> int:
        return self.y + BAR - 2

    @property
    def value_x(self) -> int:
        return self.x - 5 if self.is_better else self.x + self.length + 5


@dataclass(frozen=True)
class MovementsChart:
    """The best from the top, then the worst, the greatest movements outermost."""

    bars: Sequence[Bar]
    height: int
    width: int = WIDTH
    middle: int = MIDDLE
    bar: int = BAR


def movements_chart(found: Movements) -> MovementsChart | None:
    """The chart; None if nothing moved."""
    listed = [*found.best, *reversed(found.worst)]
    if not listed:
        return None
    most = max(abs(each.hours) for each in listed)
    bars = []
    for number, each in enumerate(listed):
        length = max(round(HALF * abs(each.hours) / most), 1)
        better = each.hours < 0
        name = each.group.name
        shown = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
        bars.append(
            Bar(each, shown, NAME + number * ROW, MIDDLE - length if better else MIDDLE, length, better)
        )
    return MovementsChart(bars, len(listed) * ROW + 4)
