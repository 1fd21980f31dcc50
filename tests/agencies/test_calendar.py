"""Official working time: weekends, holidays, half days, declared leave."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from agencies.calendar import OutOfRange, WorkingCalendar, WorkingTime, calendar_for, calendars_for
from agencies.models import DeclaredLeave, Province
from tests.factories import MOMENT, UserFactory

ISTANBUL = ZoneInfo("Europe/Istanbul")
PLAIN = WorkingCalendar()
DAYS = st.dates(date(2025, 1, 1), date(2031, 12, 31))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=ISTANBUL)


def declare(first: date, last: date | None = None, **fields: object) -> DeclaredLeave:
    return DeclaredLeave.objects.create(
        first_day=first,
        last_day=last or first,
        reason="Yoğun kar yağışı",
        entered_by=UserFactory(),
        entered_at=MOMENT,
        **fields,
    )


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 3, 20),
        date(2026, 4, 23),
        date(2026, 5, 27),
        date(2026, 5, 29),
        date(2026, 10, 29),
        date(2026, 11, 28),
        date(2026, 11, 29),
    ],
    ids=str,
)
def test_nobody_works_on_holidays_and_weekends(day: date) -> None:
    assert not PLAIN.is_working_day(day)
    assert not PLAIN.is_working(at(day, 10))


@pytest.mark.parametrize("day", [date(2026, 3, 19), date(2026, 5, 26), date(2026, 10, 28)], ids=str)
def test_the_day_before_a_holiday_ends_at_one_oclock(day: date) -> None:
    assert PLAIN.is_working_day(day)
    assert PLAIN.is_working(at(day, 12, 59))
    assert not PLAIN.is_working(at(day, 13))
    assert PLAIN.end_of_day(day) == at(day, 13)


def test_a_half_day_that_falls_on_a_holiday_is_a_whole_one() -> None:
    assert not PLAIN.is_working_day(date(2027, 5, 19))
    assert not PLAIN.is_working_day(date(2027, 5, 15))


def test_a_usual_day_has_the_usual_hours() -> None:
    day = date(2026, 11, 24)

    assert PLAIN.morning_of(day) == at(day, 8, 30)
    assert PLAIN.end_of_day(day) == at(day, 17, 30)
    assert PLAIN.is_working(at(day, 8, 30))
    assert not PLAIN.is_working(at(day, 8, 29))
    assert not PLAIN.is_working(at(day, 17, 30))


def test_the_hours_are_a_setting(settings: Settings) -> None:
    settings.WORKING_HOURS = (time(9), time(18))
    day = date(2026, 11, 24)

    assert (PLAIN.morning_of(day), PLAIN.end_of_day(day)) == (at(day, 9), at(day, 18))


def test_working_time_is_its_own_next_moment_and_the_rest_waits_for_the_morning() -> None:
    friday, monday = date(2026, 11, 27), date(2026, 11, 30)

    assert PLAIN.next_working_moment(at(friday, 11, 7)) == at(friday, 11, 7)
    assert PLAIN.next_working_moment(at(friday, 6)) == at(friday, 8, 30)
    assert PLAIN.next_working_moment(at(friday, 18)) == at(monday, 8, 30)
    assert PLAIN.next_working_morning(at(friday, 8, 30)) == at(friday, 8, 30)
    assert PLAIN.next_working_morning(at(friday, 8, 31)) == at(monday, 8, 30)


def test_a_reminder_before_the_kurban_holiday_waits_until_it_is_over() -> None:
    assert PLAIN.next_working_moment(at(date(2026, 5, 26), 13, 5)) == at(date(2026, 6, 1), 8, 30)


@pytest.mark.parametrize(
    ("sent", "days", "due"),
    [
        (at(date(2026, 11, 24), 10), 5, at(date(2026, 12, 1), 17, 30)),
        (at(date(2026, 11, 28), 23), 5, at(date(2026, 12, 4), 17, 30)),
        (at(date(2026, 3, 13), 10), 4, at(date(2026, 3, 19), 13)),
        (at(date(2026, 3, 13), 10), 5, at(date(2026, 3, 23), 17, 30)),
        (at(date(2026, 12, 30), 10), 2, at(date(2027, 1, 4), 17, 30)),
        (at(date(2026, 5, 15), 10), 15, at(date(2026, 6, 11), 17, 30)),
    ],
)
def test_terms_run_in_working_days(sent: datetime, days: int, due: datetime) -> None:
    assert PLAIN.due_after(sent, days) == due


def test_working_days_are_counted_backwards_too() -> None:
    assert PLAIN.add_working_days(date(2027, 1, 4), -1) == date(2026, 12, 31)
    assert PLAIN.add_working_days(date(2026, 11, 30), -2) == date(2026, 11, 26)


@pytest.mark.django_db
def test_leave_of_one_province_holds_only_there() -> None:
    erzurum = Province.objects.create(plate="25", name="Erzurum", sort_key="e")
    day = date(2026, 12, 15)
    declare(day, day + timedelta(days=1), province=erzurum)

    calendars = calendars_for(["25", "34"], day)

    assert not calendars["25"].is_working_day(day)
    assert calendars["34"].is_working_day(day)
    assert calendars[None].is_working_day(day)
    assert calendars["25"].due_after(at(date(2026, 12, 14), 10), 1) == at(date(2026, 12, 17), 17, 30)


@pytest.mark.django_db
def test_leave_of_the_whole_country_holds_everywhere_and_may_begin_at_noon() -> None:
    day = date(2026, 12, 31)
    declare(day, afternoon_only=True)

    for calendar in calendars_for(["06"], day).values():
        assert calendar.is_working_day(day)
        assert calendar.end_of_day(day) == at(day, 13)
    assert not calendar_for("06", day + timedelta(days=1)).leaves


@pytest.mark.django_db
def test_all_provinces_take_one_query() -> None:
    declare(date(2026, 12, 31))

    with CaptureQueriesContext(connection) as queries:
        calendars = calendars_for([f"{plate:02}" for plate in range(1, 82)], date(2026, 11, 1))

    assert len(queries) == 1
    assert len(calendars) == 82


def test_absurd_terms_are_refused_without_a_search() -> None:
    with pytest.raises(OutOfRange):
        PLAIN.add_working_days(date(2026, 1, 1), 1_000_000)
    with pytest.raises(OutOfRange):
        PLAIN.add_working_days(date(9999, 12, 1), 60)
    endless = DeclaredLeave(first_day=date(2026, 1, 1), last_day=date(9000, 1, 1))
    with pytest.raises(OutOfRange):
        WorkingCalendar([endless]).next_working_morning(at(date(2026, 1, 1), 9))


@given(DAYS, st.integers(-200, 200).filter(bool))
def test_counting_undoes_adding(day: date, days: int) -> None:
    begin = PLAIN.add_working_days(day, 0)
    reached = PLAIN.add_working_days(begin, days)

    assert PLAIN.is_working_day(reached)
    first, last = sorted((begin, reached))
    passed = [first + timedelta(days=number) for number in range(1, (last - first).days + 1)]
    assert sum(map(PLAIN.is_working_day, passed)) == abs(days)
    assert PLAIN.add_working_days(reached, -days) == begin


@given(DAYS, st.times(max_value=time(23, 58)))
def test_the_next_working_moment_is_within_working_time_and_never_earlier(day: date, hour: time) -> None:
    moment = datetime.combine(day, hour, tzinfo=ISTANBUL)
    found = PLAIN.next_working_moment(moment)

    assert found >= moment
    assert PLAIN.is_working(found)
    assert PLAIN.next_working_moment(found) == found
    assert PLAIN.next_working_morning(moment) >= found or found == moment


@given(DAYS, st.integers(1, 60))
def test_a_longer_term_ends_later(day: date, days: int) -> None:
    sent = at(day, 9)

    assert PLAIN.due_after(sent, days) < PLAIN.due_after(sent, days + 1)


def test_working_time_between_two_moments_leaves_out_nights_weekends_and_free_afternoons() -> None:
    time_of = WorkingTime(PLAIN, date(2026, 10, 1), date(2026, 11, 30)).between
    wednesday, friday, monday = date(2026, 10, 28), date(2026, 10, 30), date(2026, 11, 2)

    assert time_of(at(friday, 17), at(monday, 9)) == timedelta(hours=1)
    assert time_of(at(friday, 20), at(friday, 23)) == timedelta()
    # The 28th closes at 13.00, the 29th is Republic Day.
    assert time_of(at(wednesday, 12), at(friday, 9, 30)) == timedelta(hours=2)
    assert time_of(at(monday, 9), at(friday, 9)) == timedelta()


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 23), st.integers(0, 9), st.integers(0, 23)
)
def test_working_time_adds_up_day_by_day(day: date, hour: int, days: int, end_hour: int) -> None:
    time_of = WorkingTime(PLAIN, date(2026, 1, 1), date(2027, 1, 31)).between
    begin, end = at(day, hour), at(day + timedelta(days=days), end_hour)
    midnights = [at(day + timedelta(days=number), 0) for number in range(1, days + 1)]
    points = [begin, *midnights, end]

    assert sum(map(time_of, points, points[1:]), timedelta()) == time_of(begin, end)
    assert time_of(begin, end) <= max(end - begin, timedelta())


@given(
    st.integers(0, 60 * 24 * 60),
    st.integers(1, 8 * 60 * 30),
)
def test_the_moment_after_some_working_time_is_so_much_working_time_away(minute: int, worked: int) -> None:
    """Also across weekends, the holidays and the half day of October 2026."""
    time_of = WorkingTime(PLAIN, date(2026, 10, 1), date(2027, 3, 31))
    begin = at(date(2026, 10, 1), 0) + timedelta(minutes=minute)

    end = time_of.after(begin, timedelta(minutes=worked))

    assert time_of.between(begin, end) == timedelta(minutes=worked)
    assert time_of.between(begin, end - timedelta(seconds=1)) < timedelta(minutes=worked)


def test_working_time_ends_with_the_last_closing_and_none_leads_nowhere() -> None:
    october = WorkingTime(PLAIN, date(2026, 10, 1), date(2026, 10, 31))
    begin = at(date(2026, 10, 27), 9)

    assert october.after(begin, timedelta(days=400)) == at(date(2026, 10, 30), 17, 30)
    assert october.after(begin, timedelta()) == begin
