"""What is learned from finished copies, what it may know, and when a plain rule or nothing is used instead."""

from datetime import timedelta
from random import Random

import pytest

from circulars.models import Purpose
from distribution.models import Duty
from distribution.models.lateness import Method
from distribution.queries.lateness.known import HALF
from distribution.queries.lateness.learning import moments
from distribution.queries.lateness.logistic import chance, fit
from tests.distribution.lateness.histories import (
    CALENDAR,
    FIRST,
    clock,
    history,
    learned_of,
    learner_of,
    with_another_future,
)


def slow_units(unit: int, _opened: bool) -> float:
    return (0.05, 0.25, 0.7)[unit % 3]


def no_difference(_unit: int, _opened: bool) -> float:
    return 0.3


def only_opening_counts(_unit: int, opened: bool) -> float:
    return 0.05 if opened else 0.8


@pytest.mark.parametrize("seed", range(3))
def test_where_units_differ_what_was_learned_is_better_than_both_rules(seed: int) -> None:
    learned = learned_of(history(seed, slow_units))

    assert learned.method == Method.LEARNED
    for rule in (Method.SLOW_LAST, Method.UNOPENED):
        assert learned.compared(rule).learned_hits > learned.compared(rule).hits > 0


@pytest.mark.parametrize("rate", [0.3, 0.6])
def test_where_units_do_not_differ_nothing_is_claimed_to_be_better(rate: float) -> None:
    """Lateness is a throw of the coin: neither what was learned nor a rule can know of it."""
    methods = [learned_of(history(seed, lambda _unit, _opened: rate)).method for seed in range(5)]

    assert Method.LEARNED not in methods
    assert methods.count(Method.NONE) >= 3


@pytest.mark.parametrize("seed", range(3))
def test_where_only_opening_counts_the_plain_rule_is_used(seed: int) -> None:
    """What was learned says the same as the rule, and so is no better."""
    learned = learned_of(history(seed, only_opening_counts))

    assert learned.method == Method.UNOPENED
    assert learned.compared(Method.UNOPENED).hits > learned.compared(Method.SLOW_LAST).hits


def test_a_short_history_or_one_without_late_copies_is_not_learned_from() -> None:
    assert learned_of(history(1, slow_units)[:250]).method == Method.TOO_SHORT
    assert learned_of(history(1, lambda _unit, _opened: 0.0)).method == Method.TOO_SHORT
    assert learned_of([]).method == Method.TOO_SHORT


@pytest.mark.parametrize("duty", Duty)
def test_what_happens_after_a_warning_changes_nothing_of_it(duty: Duty) -> None:
    """Of two histories that are the same up to a moment, all warnings up to it are the same."""
    copies = history(4, lambda unit, opened: slow_units(unit, opened) * (0.6 if opened else 1.3))
    for weeks in (28, 36, 45):
        now = CALENDAR.morning_of(FIRST + timedelta(weeks=weeks)) + timedelta(hours=3)
        half = {
            each.copy.pk: each.at
            for each in moments(copies, clock())
            if each.number == HALF and each.at <= now
        }
        warned = [
            {
                each.pk: (each.chance, each.slow_last, each.unopened)
                for each in learner_of(known, duty).tried
                if each.pk in half
            }
            for known in (copies, with_another_future(copies, now, Random(weeks)))
        ]

        assert warned[0] == warned[1]
        assert len(warned[0]) > 50


def test_confirmations_and_answers_are_learned_apart() -> None:
    copies = [
        each._replace(completed_at=None) if each.unit % 2 else each._replace(purpose=Purpose.INFORMATION)
        for each in history(5, no_difference)
    ]

    confirmations, answers = learned_of(copies), learned_of(copies, Duty.ANSWER)

    assert confirmations.finished == 2 * answers.finished
    assert answers.late == answers.finished > confirmations.late


def test_weights_give_back_the_rates_that_they_were_fitted_to() -> None:
    opened, unopened = (("opened", 1.0),), (("unopened", 1.0),)

    weights = fit({opened: (100, 1000), unopened: (700, 1000)})

    assert chance(weights, opened) == pytest.approx(0.1, abs=0.01)
    assert chance(weights, unopened) == pytest.approx(0.7, abs=0.01)
    assert fit({}) == {}
