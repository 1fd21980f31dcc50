"""Reminders by the schedule, in working time, until the unit answers."""

from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from agencies.calendar import WorkingCalendar
from agencies.models import DeclaredLeave, Province
from circulars.models import Circular, Purpose, Urgency
from distribution.models import (
    Anchor,
    Delivery,
    EventKind,
    Notice,
    NoticeKind,
    NoticeState,
    ReminderStep,
    StepAction,
)
from distribution.outbox.send import send_due
from distribution.reminders.plan import plan_dispatched, plan_reminders
from distribution.reminders.schedule import BUILT_IN, moments
from distribution.reminders.send import remind_due, sweep_reminders
from distribution.services.receiving.acknowledge import acknowledge
from tests.factories import AgencyFactory, UserFactory, dispatched_to, manager_of, recipient_of
from tests.smtp import Postbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]
ISTANBUL = ZoneInfo("Europe/Istanbul")
DISPATCH = datetime(2026, 11, 2, 10, 0, tzinfo=ISTANBUL)
"""A Monday."""


def at(day: int, hour: int = 8, minute: int = 31, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ISTANBUL)


def plain(mail: EmailMessage) -> str:
    return str(mail.get_body(("plain",)).get_content())


def reminders() -> list[Notice]:
    return list(Notice.objects.filter(kind=NoticeKind.REMINDER).order_by("pk"))


def test_a_letter_is_planned_after_its_dispatch_and_only_once() -> None:
    circular = dispatched_to(*AgencyFactory.create_batch(3), at=DISPATCH)

    assert plan_dispatched(at=DISPATCH + timedelta(minutes=1)) == 1
    assert plan_dispatched(at=DISPATCH + timedelta(minutes=2)) == 0

    circular.refresh_from_db()
    assert circular.reminders_planned_at is not None
    planned = set(Delivery.objects.values_list("next_reminder_at", "reminders_done"))
    assert planned == {(at(9, 8, 30), 0)}


def test_a_unit_that_has_not_confirmed_is_reminded_in_the_morning_and_sees_it() -> None:
    agency = AgencyFactory()
    dispatched_to(agency, at=DISPATCH)
    sweep_reminders(at=DISPATCH)

    sweep_reminders(at=at(9, 8, 29))
    assert not reminders()
    sweep_reminders(at=at(9))

    [notice] = reminders()
    assert (notice.state, notice.agency) == (NoticeState.BUNDLED, agency)
    delivery = Delivery.objects.get()
    assert (delivery.reminders_done, delivery.next_reminder_at) == (1, at(16, 8, 30))


def test_a_reminder_that_was_sent_is_an_event_of_its_delivery(postbox: Postbox) -> None:
    agency = AgencyFactory()
    dispatched_to(agency, at=DISPATCH, subject="Kış Tedbirleri")
    sweep_reminders(at=DISPATCH)
    sweep_reminders(at=at(9))

    assert send_due() == 2

    assert [mail["To"] for mail in postbox.mails] == [agency.email] * 2
    event = Delivery.objects.get().events.get(kind=EventKind.REMINDED)
    assert event.data["address"] == agency.email
    assert {notice.state for notice in Notice.objects.all()} == {NoticeState.SENT}


def test_an_answer_between_planning_and_sending_stops_a_reminder(postbox: Postbox) -> None:
    agency = AgencyFactory()
    dispatched_to(agency, at=DISPATCH, urgency=Urgency.URGENT)
    send_due()
    postbox.mails.clear()
    sweep_reminders(at=DISPATCH)
    sweep_reminders(at=DISPATCH + timedelta(hours=4))
    assert [notice.state for notice in reminders()] == [NoticeState.WAITING]

    acknowledge(delivery=Delivery.objects.get().public_id, by=recipient_of(agency), at=at(2, 14, 1))
    send_due()

    assert not postbox.mails
    assert [notice.state for notice in reminders()] == [NoticeState.CANCELLED]
    assert not Delivery.objects.get().events.filter(kind=EventKind.REMINDED).exists()


def test_a_unit_that_has_confirmed_before_the_step_gets_nothing() -> None:
    agency = AgencyFactory()
    dispatched_to(agency, at=DISPATCH)
    sweep_reminders(at=DISPATCH)
    acknowledge(delivery=Delivery.objects.get().public_id, by=recipient_of(agency), at=at(3))

    sweep_reminders(at=at(9))

    assert not reminders()
    assert Delivery.objects.get().next_reminder_at is None


def test_with_a_due_time_action_is_reminded_of_until_it_is_answered() -> None:
    action, information = AgencyFactory(), AgencyFactory()
    due_at = at(12, 17, 30)
    for agency, purpose in ((action, Purpose.ACTION), (information, Purpose.INFORMATION)):
        circular = dispatched_to(agency, at=DISPATCH, purpose=purpose, urgency=Urgency.TIMED, due_at=due_at)
        delivery = circular.deliveries.get()
        acknowledge(delivery=delivery.public_id, by=recipient_of(agency), at=at(3))
    sweep_reminders(at=DISPATCH)

    sweep_reminders(at=at(10))

    assert [notice.agency for notice in reminders()] == [action]
    assert reminders()[0].data["ends_with"] == "answer"


def test_timed_letters_are_reminded_before_on_and_after_the_due_day() -> None:
    dispatched_to(AgencyFactory(), at=DISPATCH, urgency=Urgency.TIMED, due_at=at(12, 17, 30))
    sweep_reminders(at=DISPATCH)
    planned = []
    for _ in range(4):
        planned.append(Delivery.objects.get().next_reminder_at)
        sweep_reminders(at=planned[-1] + timedelta(minutes=1))

    assert planned == [at(10, 8, 30), at(12, 8, 30), at(13, 8, 30), at(17, 8, 30)]
    assert len(reminders()) == 3
    assert Notice.objects.filter(kind=NoticeKind.ESCALATION).exists()
    assert Delivery.objects.get().next_reminder_at is None


def test_steps_that_lie_before_the_dispatch_are_skipped() -> None:
    dispatched_to(AgencyFactory(), at=DISPATCH, urgency=Urgency.TIMED, due_at=at(3, 17, 30))

    sweep_reminders(at=DISPATCH + timedelta(minutes=1))

    delivery = Delivery.objects.get()
    assert (delivery.reminders_done, delivery.next_reminder_at) == (1, at(3, 8, 30))


def test_urgent_letters_are_reminded_by_the_hour_day_and_night_each_by_its_own_mail() -> None:
    evening = datetime(2026, 11, 7, 22, 0, tzinfo=ISTANBUL)
    dispatched_to(*AgencyFactory.create_batch(2), at=evening, urgency=Urgency.URGENT)
    sweep_reminders(at=evening)

    sweep_reminders(at=evening + timedelta(hours=4))

    assert [notice.state for notice in reminders()] == [NoticeState.WAITING] * 2
    assert not Notice.objects.filter(kind=NoticeKind.DIGEST).exists()


def test_several_missed_steps_give_one_reminder() -> None:
    dispatched_to(AgencyFactory(), at=DISPATCH, urgency=Urgency.TIMED, due_at=at(12, 17, 30))
    sweep_reminders(at=DISPATCH)

    sweep_reminders(at=at(13, 11, 0))

    assert len(reminders()) == 1
    assert Delivery.objects.get().reminders_done == 3


def test_a_standstill_after_the_dispatch_is_caught_up_on_but_not_months_later() -> None:
    dispatched_to(AgencyFactory(), at=DISPATCH)
    dispatched_to(AgencyFactory(), at=DISPATCH - timedelta(days=200))

    sweep_reminders(at=at(10, 9, 0))

    assert [notice.delivery.created_at for notice in reminders() if notice.delivery] == [DISPATCH]
    assert not Notice.objects.filter(kind=NoticeKind.ESCALATION).exists()


def test_leave_declared_after_the_planning_moves_the_reminder() -> None:
    province = Province.objects.create(plate="25", name="Erzurum", sort_key="e")
    there, elsewhere = AgencyFactory(province=province), AgencyFactory()
    dispatched_to(there, elsewhere, at=DISPATCH)
    sweep_reminders(at=DISPATCH)
    DeclaredLeave.objects.create(
        first_day=date(2026, 11, 9),
        last_day=date(2026, 11, 10),
        province=province,
        reason="Kar",
        entered_by=UserFactory(),
        entered_at=DISPATCH,
    )

    sweep_reminders(at=at(9))

    assert [notice.agency for notice in reminders()] == [elsewhere]
    assert Delivery.objects.get(agency=there).next_reminder_at == at(11, 8, 30)


def test_the_unit_above_and_the_senders_manager_are_notified_at_the_end(postbox: Postbox) -> None:
    above = AgencyFactory(name="Adana Valiliği")
    agency = AgencyFactory(name="Adana İl Müdürlüğü", parent=above, phone="0322 000 00 00")
    circular = dispatched_to(agency, at=DISPATCH, subject="Kış Tedbirleri")
    manager = manager_of(circular.issuer)
    Notice.objects.update(state=NoticeState.SENT, recorded_at=DISPATCH)
    Delivery.objects.update(next_reminder_at=at(23, 8, 30), reminders_done=2)
    Circular.objects.update(reminders_planned_at=DISPATCH)

    sweep_reminders(at=at(23))
    send_due()

    assert {mail["To"] for mail in postbox.mails} == {above.email, manager.email}
    for mail in postbox.mails:
        assert "Kış Tedbirleri" in plain(mail)
        assert "Adana İl Müdürlüğü" in plain(mail)
    assert f"/letters/{circular.public_id}/" in plain(postbox.to(manager.email))
    assert str(circular.public_id) not in plain(postbox.to(above.email))
    told = Delivery.objects.get().events.filter(kind=EventKind.ESCALATED)
    assert {event.data["told"] for event in told} == {"Adana Valiliği", str(manager)}


def test_without_a_manager_the_issuing_unit_is_notified_and_told_that_no_unit_is_above() -> None:
    circular = dispatched_to(AgencyFactory(), at=DISPATCH)
    Delivery.objects.update(next_reminder_at=at(23, 8, 30), reminders_done=2)
    Circular.objects.update(reminders_planned_at=DISPATCH)

    remind_due(at=at(23))

    notice = Notice.objects.get(kind=NoticeKind.ESCALATION)
    assert notice.agency == circular.issuer
    assert notice.data["no_unit_above"]


def test_if_nobody_can_be_notified_the_delivery_records_it() -> None:
    circular = dispatched_to(AgencyFactory(), at=DISPATCH)
    circular.issuer.email = ""
    circular.issuer.save()
    Delivery.objects.update(next_reminder_at=at(23, 8, 30), reminders_done=2)

    remind_due(at=at(23))

    assert Delivery.objects.get().events.get(kind=EventKind.ESCALATED).data == {"nobody_told": True}


def test_urgent_escalations_of_many_units_reach_the_manager_in_one_mail(postbox: Postbox) -> None:
    agencies = AgencyFactory.create_batch(4)
    circular = dispatched_to(*agencies, at=DISPATCH, urgency=Urgency.URGENT, secrecy="HİZMETE ÖZEL")
    manager = manager_of(circular.issuer)
    Notice.objects.update(state=NoticeState.SENT, recorded_at=DISPATCH)
    Delivery.objects.update(next_reminder_at=DISPATCH, reminders_done=2)

    remind_due(at=DISPATCH + timedelta(hours=49))
    send_due()

    [mail] = postbox.mails
    assert mail["To"] == manager.email
    text = mail.get_body(("plain",)).get_content()
    assert all(agency.name in text for agency in agencies)
    assert circular.subject not in str(mail["Subject"]) + text


def test_a_paused_letter_reminds_nobody_until_it_is_resumed() -> None:
    dispatched_to(AgencyFactory(), at=DISPATCH)
    sweep_reminders(at=DISPATCH)
    Circular.objects.update(paused_at=at(3))

    sweep_reminders(at=at(9))
    assert not reminders()
    assert Delivery.objects.get().next_reminder_at == at(10, 8, 30)

    Circular.objects.update(paused_at=None)
    sweep_reminders(at=at(10))
    assert len(reminders()) == 1


def test_a_later_due_time_plans_anew_without_catching_up() -> None:
    circular = dispatched_to(AgencyFactory(), at=DISPATCH, urgency=Urgency.TIMED, due_at=at(5, 17, 30))
    sweep_reminders(at=DISPATCH)
    Delivery.objects.update(due_at=at(20, 17, 30))

    plan_reminders(deliveries=circular.deliveries.all(), at=at(9, 12))

    delivery = Delivery.objects.get()
    assert (delivery.reminders_done, delivery.next_reminder_at) == (0, at(18, 8, 30))


def test_a_letter_may_have_a_schedule_of_its_own_or_none() -> None:
    circular = dispatched_to(AgencyFactory(), at=DISPATCH, has_own_reminders=True)
    silent = dispatched_to(AgencyFactory(), at=DISPATCH, has_own_reminders=True)
    ReminderStep.objects.create(
        circular=circular, anchor=Anchor.SENT, amount=2, action=StepAction.REMIND, urgency=""
    )

    sweep_reminders(at=DISPATCH)

    assert circular.deliveries.get().next_reminder_at == at(4, 8, 30)
    assert silent.deliveries.get().next_reminder_at is None


def test_an_administrators_default_wins_over_the_built_in_one() -> None:
    ReminderStep.objects.create(anchor=Anchor.SENT, amount=3, action=StepAction.REMIND, urgency="")
    dispatched_to(AgencyFactory(), at=DISPATCH)

    sweep_reminders(at=DISPATCH)

    assert Delivery.objects.get().next_reminder_at == at(5, 8, 30)


def test_planning_and_reminding_cost_as_much_for_20_units_as_for_2() -> None:
    counts = []
    for size in (2, 20):
        dispatched_to(*AgencyFactory.create_batch(size), at=DISPATCH)
        with CaptureQueriesContext(connection) as planning:
            plan_dispatched(at=DISPATCH)
        with CaptureQueriesContext(connection) as reminding:
            assert remind_due(at=at(9)) == size
        counts.append((len(planning), len(reminding)))
    assert counts[0] == counts[1]


@given(
    st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    st.times(),
    st.integers(0, 60),
    st.sampled_from([Urgency.NORMAL, Urgency.TIMED]),
)
def test_every_step_comes_in_working_time_and_in_order(
    day: date, hour: time, term: int, urgency: Urgency
) -> None:
    calendar = WorkingCalendar()
    sent_at = datetime.combine(day, hour, tzinfo=ISTANBUL)
    due_at = calendar.due_after(sent_at, term)

    found = moments(BUILT_IN[urgency], calendar=calendar, sent_at=sent_at, due_at=due_at)

    assert [due.at for due in found] == sorted(due.at for due in found)
    assert len(found) == len(BUILT_IN[urgency])
    assert all(calendar.is_working(due.at) for due in found)
    before = [due for due in found if due.step.anchor == Anchor.BEFORE_DUE or due.step.amount == 0]
    assert all(due.at < due_at for due in before)
