"""A changed schedule loses no step that is still to come, and repeats none."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import User
from circulars.models import Circular, Urgency
from distribution.models import Anchor, Delivery, Notice, NoticeKind, ReminderStep, StepAction, StepUnit
from distribution.reminders.send import sweep_reminders
from distribution.services.follow_up.pause import pause, resume
from distribution.services.sending.change_schedule import set_default_schedule, set_letter_schedule
from tests.factories import AgencyFactory, UserFactory, dispatched_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]
ISTANBUL = ZoneInfo("Europe/Istanbul")
DISPATCH = datetime(2026, 11, 2, 10, 0, tzinfo=ISTANBUL)
"""A Monday; the built-in steps of a letter without a due time are on the 9th, 16th and 23rd."""


def at(day: int, hour: int = 8, minute: int = 31) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ISTANBUL)


def after(*days: int) -> list[ReminderStep]:
    return [
        ReminderStep(
            anchor=Anchor.SENT, amount=each, unit=StepUnit.WORKING_DAYS, action=StepAction.REMIND, urgency=""
        )
        for each in days
    ]


def by_default(*days: int, when: datetime) -> None:
    set_default_schedule(urgency=Urgency.NORMAL, steps=after(*days), by=UserFactory(), at=when)


def of_the_letter(*days: int, when: datetime) -> None:
    circular = Circular.objects.get()
    set_letter_schedule(circular=circular, steps=after(*days), by=circular.recorded_by, at=when)


def sweep(first: int, last: int) -> list[int]:
    """Sweep each morning of these days; those on which a reminder was written."""
    days = []
    for day in range(first, last + 1):
        before = Notice.objects.filter(kind=NoticeKind.REMINDER).count()
        sweep_reminders(at=at(day))
        if Notice.objects.filter(kind=NoticeKind.REMINDER).count() > before:
            days.append(day)
    return days


@pytest.mark.parametrize("change", [by_default, of_the_letter])
@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((10, 15), [16, 23]),  # the next step has the place of one that was sent
        ((3, 5, 7, 10), [11, 16]),  # the steps of the past are not sent, the new one on the 11th is not late
        ((5, 6), [10]),
        ((5, 10, 15, 16), [16, 23, 24]),
    ],
)
def test_after_a_change_every_step_to_come_is_sent_on_its_day_and_none_again(
    change: Callable[..., None], steps: tuple[int, ...], expected: list[int]
) -> None:
    dispatched_to(AgencyFactory(), at=DISPATCH)
    sweep_reminders(at=DISPATCH)
    assert sweep(3, 9) == [9]

    change(*steps, when=at(9, 15))

    assert sweep(10, 27) == expected


@pytest.mark.parametrize("change", [by_default, of_the_letter])
def test_a_plan_that_had_ended_goes_on_with_the_steps_to_come(change: Callable[..., None]) -> None:
    dispatched_to(AgencyFactory(), at=DISPATCH)
    sweep_reminders(at=DISPATCH)
    sweep(3, 23)
    assert Delivery.objects.get().next_reminder_at is None

    change(5, 10, 17, when=at(23, 15))

    assert sweep(24, 27) == [25]


@pytest.mark.parametrize("change", [by_default, of_the_letter])
def test_what_was_due_and_not_sent_yet_is_sent_after_the_change(change: Callable[..., None]) -> None:
    circular = dispatched_to(AgencyFactory(), at=DISPATCH)
    sweep_reminders(at=DISPATCH)
    by: User = circular.recorded_by
    pause(circular=circular, by=by, at=at(9, 8, 0))
    assert sweep(9, 9) == []
    resume(circular=circular, by=by, at=at(9, 15))

    change(4, 5, 10, when=at(9, 16))

    assert sweep(10, 16) == [10, 16]


def test_what_was_due_and_is_no_step_any_more_is_not_sent() -> None:
    dispatched_to(AgencyFactory(), at=DISPATCH)
    sweep_reminders(at=DISPATCH)

    by_default(7, when=at(9, 8, 30))

    assert sweep(9, 13) == [11]


def test_a_changed_default_reaches_the_copies_that_follow_it_and_no_others() -> None:
    plain = dispatched_to(AgencyFactory(), at=DISPATCH)
    dispatched_to(AgencyFactory(), at=DISPATCH, urgency=Urgency.TIMED, due_at=at(27, 17, 30))
    own = dispatched_to(AgencyFactory(), at=DISPATCH)
    set_letter_schedule(circular=own, steps=after(8), by=own.recorded_by, at=DISPATCH)
    sweep_reminders(at=DISPATCH)
    before = {each.pk: each.next_reminder_at for each in Delivery.objects.all()}

    by_default(2, when=at(3))

    changed = {
        each.circular_id for each in Delivery.objects.all() if each.next_reminder_at != before[each.pk]
    }
    assert changed == {plain.pk}


def test_a_changed_default_takes_as_many_queries_for_20_letters_as_for_2() -> None:
    counts = []
    for size in (2, 20):
        for _ in range(size):
            dispatched_to(AgencyFactory(), at=DISPATCH)
        sweep_reminders(at=DISPATCH)
        with CaptureQueriesContext(connection) as queries:
            by_default(size, when=at(3))
        counts.append(len(queries))
    assert counts[0] == counts[1]
