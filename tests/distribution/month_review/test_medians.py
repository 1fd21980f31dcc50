"""The median until confirmation, with open copies, and drawn towards that of the kind."""

from datetime import timedelta
from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from distribution.queries.month_review.medians import LEAST, Median, drawn, median_of, time_of

HOURS = st.integers(0, 500).map(lambda hours: timedelta(hours=hours))


@given(st.lists(HOURS, min_size=LEAST, max_size=40))
def test_without_open_copies_it_is_the_ordinary_median(times: list[timedelta]) -> None:
    found = median_of([(time, True) for time in times])

    assert found is not None
    assert found.is_reached
    assert found.time == median(times)
    assert found.copies == len(times)


@given(st.lists(HOURS, min_size=LEAST, max_size=40), st.integers(0, 60))
def test_copies_that_wait_longer_than_all_others_count_as_slow(times: list[timedelta], still: int) -> None:
    longer = max(times) + timedelta(hours=1)
    found = median_of([*((time, True) for time in times), *([(longer, False)] * still)])

    assert found is not None
    ordered = [*sorted(times), *([longer] * still)]
    if still < len(times):
        assert found.is_reached
        assert found.time == median(ordered)
    elif still > len(times):
        assert not found.is_reached
        assert found.time == longer


@given(st.lists(st.tuples(HOURS, st.booleans()), max_size=30))
def test_an_open_copy_never_makes_a_group_faster(waits: list[tuple[timedelta, bool]]) -> None:
    closed = [each for each in waits if each[1]]
    found, without = time_of(waits, 0.5), time_of(closed, 0.5)

    assert found is None or (without is not None and found >= without)


def test_copies_sent_just_now_do_not_make_a_group_slow() -> None:
    done = [(timedelta(hours=hours), True) for hours in (1, 2, 3, 4, 5, 6, 7)]
    just_sent = [(timedelta(minutes=5), False)] * 30

    assert median_of([*done, *just_sent]) == Median(timedelta(hours=4), 37)


def test_none_is_told_of_fewer_than_five() -> None:
    assert median_of([(timedelta(hours=1), True)] * (LEAST - 1)) is None
    assert median_of([(timedelta(hours=1), True)] * LEAST) is not None


def test_few_copies_are_drawn_further_than_many() -> None:
    kind = Median(timedelta(hours=20), 400)
    few, many = Median(timedelta(hours=1), 5), Median(timedelta(hours=4), 200)

    assert drawn(few, kind) > drawn(many, kind)
    assert drawn(Median(timedelta(hours=20), 7), kind) == timedelta(hours=20)
