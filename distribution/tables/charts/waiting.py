"""Columns of how long copies waited for their confirmation, in working days."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from distribution.queries.month_review.review import Waiting

HEIGHT, COLUMN, STEP = 130, 46, 76
TOP, BELOW = 32, 24


@dataclass(frozen=True)
class Column:
    """The copies of one step; the last one is of those that are not confirmed."""

    label: str
    copies: int
    share: int
    x: int
    y: int
    height: int
    is_open: bool = False

    @property
    def middle(self) -> int:
        return self.x + COLUMN // 2


@dataclass(frozen=True)
class WaitingChart:
    """All to the same scale."""

    columns: Sequence[Column]
    width: int
    height: int = TOP + HEIGHT + BELOW
    bottom: int = TOP + HEIGHT
    column: int = COLUMN


def waiting_chart(waiting: Waiting | None) -> WaitingChart | None:
    """The chart; None of fewer copies than are told of."""
    if waiting is None:
        return None
    steps = [(step_words(each.more_than, each.up_to), each.copies, each.share) for each in waiting.steps]
    steps.append((_("open"), waiting.open.count, waiting.share_open))
    most = max(max(copies for _label, copies, _share in steps), 1)
    columns = []
    for number, (label, copies, share) in enumerate(steps):
        height = round(HEIGHT * copies / most)
        x = (STEP - COLUMN) // 2 + number * STEP
        is_open = number == len(waiting.steps)
        columns.append(Column(label, copies, share, x, TOP + HEIGHT - height, height, is_open))
    return WaitingChart(columns, STEP * len(columns))


def step_words(more_than: int, up_to: int | None) -> str:
    """The working days of a step."""
    if up_to is None:
        return f"> {more_than}"
    if more_than == 0:
        return f"≤ {up_to}"
    return str(up_to) if up_to == more_than + 1 else f"{more_than + 1}–{up_to}"
