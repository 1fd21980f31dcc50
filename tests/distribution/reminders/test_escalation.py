"""Escalations: their recipients, and what cancels them before they are sent."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from agencies.models import Agency, Deputyship
from circulars.models import Purpose, Urgency
from distribution.models import Delivery, Notice, NoticeKind
from distribution.outbox.digest import is_wanted
from distribution.reminders.send import remind_due
from distribution.services.follow_up.change_due import change_due
from tests.factories import AgencyFactory, UserFactory, copy_below, dispatched_to, manager_of

pytestmark = pytest.mark.django_db
ISTANBUL = ZoneInfo("Europe/Istanbul")
DISPATCH = datetime(2026, 11, 2, 10, 0, tzinfo=ISTANBUL)
"""A Monday."""


def at(day: int, hour: int = 8, minute: int = 31) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ISTANBUL)


def test_the_successor_of_a_closed_unit_above_is_notified() -> None:
    successor, closed = AgencyFactory(), AgencyFactory()
    Agency.objects.filter(pk=closed.pk).update(active_to=date(2026, 11, 20), successor=successor)
    circular = dispatched_to(AgencyFactory(parent=closed), at=DISPATCH)
    Delivery.objects.update(next_reminder_at=at(23, 8, 30), reminders_done=2)

    remind_due(at=at(23))

    told = {notice.agency for notice in Notice.objects.filter(kind=NoticeKind.ESCALATION)}
    assert told == {successor, circular.issuer}


def test_for_a_closed_unit_that_passed_the_letter_on_the_unit_above_it_is_notified() -> None:
    ministry = AgencyFactory()
    giver = AgencyFactory(parent=ministry)
    dispatched_to(giver, at=DISPATCH)
    direct = Delivery.objects.get()
    copy_below(
        direct,
        AgencyFactory(),
        purpose=Purpose.ACTION,
        created_at=DISPATCH,
        next_reminder_at=at(23, 8, 30),
        reminders_done=2,
    )
    Agency.objects.filter(pk=giver.pk).update(active_to=date(2026, 11, 20))

    remind_due(at=at(23))

    assert [notice.agency for notice in Notice.objects.filter(kind=NoticeKind.ESCALATION)] == [ministry]


def test_the_deputy_of_an_absent_manager_is_notified_too() -> None:
    circular = dispatched_to(AgencyFactory(), at=DISPATCH)
    absent, deputy, past = manager_of(circular.issuer), UserFactory(), UserFactory()
    for person, last_day in ((deputy, date(2026, 11, 24)), (past, date(2026, 11, 20))):
        Deputyship.objects.create(
            absent=absent,
            deputy=person,
            agency=circular.issuer,
            active_from=date(2026, 11, 10),
            active_to=last_day,
            entered_by=absent,
            entered_at=DISPATCH,
        )
    Delivery.objects.update(next_reminder_at=at(23, 8, 30), reminders_done=2)

    remind_due(at=at(23))

    told = {notice.person for notice in Notice.objects.filter(kind=NoticeKind.ESCALATION)}
    assert told == {absent, deputy}


def test_more_time_given_before_the_digest_leaves_stops_the_reminder_and_the_escalation() -> None:
    above = AgencyFactory()
    unit = AgencyFactory(parent=above)
    circular = dispatched_to(unit, at=DISPATCH, urgency=Urgency.TIMED, due_at=at(5, 17, 30))
    Delivery.objects.update(next_reminder_at=at(6, 8, 30), reminders_done=2)
    remind_due(at=at(10, 9))
    planned = list(Notice.objects.exclude(kind=NoticeKind.LETTER))
    assert {notice.kind for notice in planned} == {NoticeKind.REMINDER, NoticeKind.ESCALATION}
    assert all(is_wanted(notice) for notice in planned)

    change_due(circular=circular, until=at(20, 17, 30), reason="", by=UserFactory(), at=at(10, 10))

    assert not any(is_wanted(notice) for notice in planned)
