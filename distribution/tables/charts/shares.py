"""Columns of two shares for each month: confirmed in time, and completed in time."""

from collections.abc import Sequence
from dataclasses import dataclass

from distribution.queries.month_review.figures import Share
from distribution.queries.month_review.review import Month

HEIGHT, COLUMN, BETWEEN, BESIDE = 140, 30, 4, 34
TOP, LEFT = 32, 40
BELOW = 36
"""Room under the columns: the month, and of how many copies."""


@dataclass(frozen=True)
class Column:
    """One share of a month; without one, fewer copies than a share is said of."""

    name: str
    x: int
    y: int
    height: int
    share: Share

    @property
    def middle(self) -> int:
        return self.x + COLUMN // 2


@dataclass(frozen=True)
class MonthOfColumns:
    """The columns of a month over its name."""

    month: Month
    middle: int
    columns: Sequence[Column]


@dataclass(frozen=True)
class SharesChart:
    """Shares from 0 to 100 per cent."""

    months: Sequence[MonthOfColumns]
    lines: Sequence[tuple[int, int]]
    """Per cent and height of the lines across."""

    width: int
    height: int = TOP + HEIGHT + BELOW
    left: int = LEFT
    bottom: int = TOP + HEIGHT
    column: int = COLUMN


def shares_chart(months: Sequence[Month]) -> SharesChart | None:
    """The chart; None if there is a share of no month."""
    if not any(each.in_time.per_cent is not None or each.completed.per_cent is not None for each in months):
        return None
    step = 2 * COLUMN + BETWEEN + BESIDE
    drawn = []
    for number, month in enumerate(months):
        x = LEFT + BESIDE // 2 + number * step
        columns = [
            _column("confirmed", x, month.in_time),
            _column("completed", x + COLUMN + BETWEEN, month.completed),
        ]
        drawn.append(MonthOfColumns(month, x + COLUMN + BETWEEN // 2, columns))
    lines = [(share, TOP + HEIGHT - HEIGHT * share // 100) for share in (0, 25, 50, 75, 100)]
    return SharesChart(drawn, lines, LEFT + len(months) * step)


def _column(name: str, x: int, share: Share) -> Column:
    height = round(HEIGHT * (share.per_cent or 0) / 100)
    return Column(name, x, TOP + HEIGHT - height, height, share)
