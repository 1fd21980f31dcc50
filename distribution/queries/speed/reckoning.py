"""The figures of many units from their copies, as they are stored."""

from collections.abc import Collection, Iterable
from itertools import islice

from distribution.models import AnsweringAct, AnsweringTime, AnsweringTimeRun
from distribution.queries.speed.figures import drawn_towards, figure_of, median_of_kind
from distribution.queries.speed.working_times import COLUMNS, UnitWorkingTimes, copies_within, working_times

COPIES_AT_A_TIME = 2000


def figures_of(
    units: Collection[int], unit_times: UnitWorkingTimes, *, run: AnsweringTimeRun
) -> list[AnsweringTime]:
    """The figures of these units, not saved and not compared by kind. Holds the minutes of their copies only."""
    minutes: dict[tuple[int, AnsweringAct, bool], list[int]] = {}
    wanted = frozenset(units)
    copies = copies_within(units, unit_times.period).only("pk", *COLUMNS)
    rows = copies.iterator(chunk_size=COPIES_AT_A_TIME)
    while some := list(islice(rows, COPIES_AT_A_TIME)):
        for taken in working_times(some, unit_times):
            if taken.left_out is None and taken.unit in wanted:
                minutes.setdefault((taken.unit, taken.act, taken.is_open), []).append(taken.minutes)
    found = []
    for unit in sorted(wanted):
        for act in AnsweringAct:
            figure = figure_of(minutes.get((unit, act, False), ()), minutes.get((unit, act, True), ()))
            if figure is not None:
                found.append(
                    AnsweringTime(
                        run=run,
                        unit_id=unit,
                        act=act,
                        letters=figure.letters,
                        waiting=figure.waiting,
                        answered_median=figure.answered_median,
                        median=figure.median,
                        ninetieth=figure.ninetieth,
                    )
                )
    return found


def compare_by_kind(rows: Iterable[AnsweringTime]) -> None:
    """Set the median of the kind, and draw each median towards it; towards that of all units if the kind has none."""
    of_kind: dict[tuple[str, str], list[int]] = {}
    of_all: dict[str, list[int]] = {}
    listed = list(rows)
    for each in listed:
        of_kind.setdefault((each.act, each.unit.kind), []).append(each.median)
        of_all.setdefault(each.act, []).append(each.median)
    kinds = {key: median_of_kind(medians) for key, medians in of_kind.items()}
    everybody = {act: median_of_kind(medians) for act, medians in of_all.items()}
    for each in listed:
        each.kind_median = kinds[each.act, each.unit.kind]
        target = each.kind_median if each.kind_median is not None else everybody[each.act]
        each.drawn = drawn_towards(
            each.median if target is None else target, median=each.median, letters=each.letters
        )
