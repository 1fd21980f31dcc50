"""A total that grows from day to day, as a line."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, TOP = 720, 200, 8


@dataclass(frozen=True)
class CumulativeChart:
    """Coordinates within `WIDTH` and `HEIGHT`, from the upper left corner.

    `line` are the points of the line, `off` the left edges of the days off, each `day` wide, `mark` the place of the
    marked moment.
    """

    line: str
    off: Sequence[float]
    day: float
    mark: float | None


def cumulative_chart(
    totals: Sequence[int], whole: int, *, off: Collection[int] = (), mark: float | None = None
) -> CumulativeChart | None:
    """The chart of the totals, each reached at the end of its day; the upper edge is the whole. None without days.

    `off` are the numbers of days off, and `mark` is a moment in days since the beginning of the first one.
    """
    if not totals or not whole:
        return None
    day = WIDTH / len(totals)
    points = [f"{_rounded(day * number)},{_y(total, whole)}" for number, total in enumerate([0, *totals])]
    inside = mark is not None and 0 <= mark <= len(totals)
    return CumulativeChart(
        line=" ".join(points),
        off=[_rounded(day * number) for number in sorted(off)],
        day=_rounded(day),
        mark=_rounded(day * mark) if mark is not None and inside else None,
    )


def _y(total: int, whole: int) -> float:
    return _rounded(HEIGHT - (HEIGHT - TOP) * total / whole)


def _rounded(value: float) -> float:
    return round(value, 1)
