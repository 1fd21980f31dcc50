"""Invariants of the answering times: those shown are the ones that the copies give.

A unit is compared only if nothing has happened to its copies since the reckoning, and no leave was declared or taken
back: what stood then can't be read any more otherwise.
"""

from collections.abc import Iterator, Sequence

from django.db.models import Exists, OuterRef, Q

from agencies.models import DeclaredLeave
from distribution.models import AnsweringTime, AnsweringTimeRun, DeliveryEvent
from distribution.queries.invariants.consistency_of_notices import Finding
from distribution.queries.speed.reckoning import figures_of
from distribution.queries.speed.working_times import UnitWorkingTimes, copies_within, period_of

BY_RECKONING = "Run manage.py reckon_answering_times --anew."
COMPARED = ("letters", "waiting", "answered_median", "median", "ninetieth")
UNITS_AT_A_TIME = 25


def check_answering_times(rows: Sequence[AnsweringTime]) -> Iterator[Finding]:
    """Compare rows of the last finished reckoning with the copies behind them, some units at a time."""
    if not rows:
        return
    run = rows[0].run
    changed = Q(entered_at__gt=run.at) | Q(removed_at__gt=run.at)
    if DeclaredLeave.objects.filter(changed).exists():
        return
    unit_times = UnitWorkingTimes(period_of(run))
    units = sorted({each.unit_id for each in rows})
    for begin in range(0, len(units), UNITS_AT_A_TIME):
        some = [
            each for each in units[begin : begin + UNITS_AT_A_TIME] if _is_unchanged(each, run, unit_times)
        ]
        reckoned = {(each.unit_id, each.act): each for each in figures_of(some, unit_times, run=run)}
        for row in rows:
            if row.unit_id in some and not _same(row, reckoned.get((row.unit_id, row.act))):
                yield Finding(
                    "answering-time-of-other-copies",
                    f"unit {row.unit_id}",
                    f"its {row.get_act_display()} time isn't what its copies give.",
                    BY_RECKONING,
                )


def _is_unchanged(unit: int, run: AnsweringTimeRun, unit_times: UnitWorkingTimes) -> bool:
    """Whether nothing has happened to the unit's copies since."""
    later = DeliveryEvent.objects.filter(delivery=OuterRef("pk"), at__gt=run.at)
    return not copies_within([unit], unit_times.period).filter(Exists(later)).exists()


def _same(stored: AnsweringTime, reckoned: AnsweringTime | None) -> bool:
    return reckoned is not None and all(getattr(stored, each) == getattr(reckoned, each) for each in COMPARED)
