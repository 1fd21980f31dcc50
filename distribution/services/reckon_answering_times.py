"""Reckon how long the units usually take, once a day (docs/decisions/0060-answering-times.md).

1. begin the run of the day, or go on with the one that was stopped
2. unit after unit, some in a transaction, write the figures of each
3. when all are done, compare them by kind, and delete the earlier runs: pages show the last finished one
"""

from datetime import datetime
from time import monotonic

from django.db import transaction
from django.utils import timezone

from agencies.models import Agency
from distribution.models import AnsweringTime, AnsweringTimeRun
from distribution.queries.speed.reckoning import compare_by_kind, figures_of
from distribution.queries.speed.working_times import UnitWorkingTimes, period_before, period_of

UNITS_AT_A_TIME = 20
"""A governorship has some thousand copies a year: so many are read well within the time limit."""

MOST_SECONDS = 200
"""A call ends after so many seconds, before the time limit of a task; the next one goes on."""


def reckon_answering_times(*, at: datetime, anew: bool = False, most_seconds: float = MOST_SECONDS) -> bool:
    """Reckon all units as of the moment at which the run of the day began. Returns whether it is finished.

    Once it is, a further call does nothing; with `anew` another run begins. Two calls at once don't do the same twice.
    """
    run = _run_of_the_day(at, anew=anew)
    if run is None:
        return True
    unit_times = UnitWorkingTimes(period_of(run))
    begun = monotonic()
    while (done := _reckon_some(run, unit_times, at)) == UNITS_AT_A_TIME:
        if monotonic() - begun >= most_seconds:
            return False
    return done is not None


@transaction.atomic
def _run_of_the_day(at: datetime, *, anew: bool) -> AnsweringTimeRun | None:
    """The run to be done; None if that of the day is finished."""
    today = timezone.localdate(at)
    runs = AnsweringTimeRun.objects.filter(last_day=today)
    if not anew and runs.filter(finished_at__isnull=False).exists():
        return None
    period = period_before(at)
    run, _is_new = runs.get_or_create(
        finished_at=None, defaults={"at": at, "first_day": period.first, "last_day": period.last}
    )
    return run


@transaction.atomic
def _reckon_some(run: AnsweringTimeRun, unit_times: UnitWorkingTimes, at: datetime) -> int | None:
    """Reckon the next units, and finish the run if they are fewer than UNITS_AT_A_TIME. Returns their number.

    None if another worker reckons them, or the run is finished.
    """
    unfinished = AnsweringTimeRun.objects.filter(pk=run.pk, finished_at=None)
    locked = unfinished.select_for_update(skip_locked=True, no_key=True).first()
    if locked is None:
        return None
    following = Agency.objects.filter(pk__gt=locked.after).order_by("pk")
    units = list(following.values_list("pk", flat=True)[:UNITS_AT_A_TIME])
    if units:
        AnsweringTime.objects.bulk_create(figures_of(units, unit_times, run=locked))
        locked.after = units[-1]
    if len(units) < UNITS_AT_A_TIME:
        _compare_by_kind(locked)
        locked.finished_at = at
        AnsweringTimeRun.objects.filter(pk__lt=locked.pk).delete()
    locked.save(update_fields=["after", "finished_at"])
    return len(units)


def _compare_by_kind(run: AnsweringTimeRun) -> None:
    rows = list(run.times.select_related("unit").only("act", "letters", "median", "unit__kind"))
    compare_by_kind(rows)
    AnsweringTime.objects.bulk_update(rows, ["kind_median", "drawn"], batch_size=1000)
