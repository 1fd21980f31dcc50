"""Manual reminders: who is reminded, by which channel and when, and who is skipped."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Agency, DeclaredLeave, Province, User
from agencies.models.contact_details.channel import Channel
from circulars.models import Circular, Urgency
from distribution.models import (
    ChangeKind,
    CircularChange,
    Delivery,
    DeliveryEvent,
    EventKind,
    Notice,
    NoticeKind,
    NoticeState,
)
from distribution.outbox.messages import compose
from distribution.outbox.send import send_due
from distribution.reminders.remind_by_hand import (
    ManualReminderPlan,
    WhyNotReminded,
    plan_manual_reminders,
    remind_by_hand,
)
from distribution.services.receiving.acknowledge import acknowledge
from tests.factories import MOMENT, AgencyFactory, UserFactory, dispatched_to, draft_to, left, recipient_of
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
"""A Tuesday, 13.00 in Türkiye."""

EVENING = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 3, 11, 5, 30, tzinfo=UTC)


def remind_all(at: datetime = NOW, by: User | None = None) -> ManualReminderPlan:
    return remind_by_hand(deliveries=Delivery.objects.all(), by=by or UserFactory(), at=at)


def reminders() -> list[Notice]:
    return list(Notice.objects.exclude(kind=NoticeKind.LETTER).order_by("pk"))


def change(circular: Circular, **fields: Any) -> None:
    Circular.objects.filter(pk=circular.pk).update(**fields)


def test_a_reminder_is_written_for_the_unit_by_its_first_channel() -> None:
    unit = AgencyFactory()
    circular = dispatched_to(unit)
    person = UserFactory()

    plan = remind_all(by=person)

    [notice] = reminders()
    assert (notice.kind, notice.state) == (NoticeKind.REMINDER, NoticeState.WAITING)
    assert (notice.agency, notice.delivery) == (unit, circular.deliveries.get())
    assert (notice.channel, notice.address, notice.next_attempt_at) == (Channel.EMAIL, unit.email, NOW)
    assert notice.data == {"nudge": True, "by": str(person), "ends_with": "acknowledgement"}
    assert plan.leaving_now == 1
    assert [each.days for each in plan.reminded] == [8]


def test_it_is_recorded_with_each_letter_how_many_were_reminded() -> None:
    dispatched_to(AgencyFactory(), AgencyFactory())
    person = UserFactory()

    remind_all(by=person)

    [change] = CircularChange.objects.all()
    assert (change.kind, change.by, change.at) == (ChangeKind.REMINDED_BY_HAND, person, NOW)
    assert change.data["count"] == 2


def test_the_event_is_written_when_the_reminder_has_left() -> None:
    dispatched_to(AgencyFactory())
    person = UserFactory()
    remind_all(by=person)
    reminded = DeliveryEvent.objects.filter(kind=EventKind.REMINDED)
    assert not reminded.exists()

    left(reminders()[0], at=NOW)

    assert reminded.get().data["name"] == str(person)


def test_outside_working_time_it_leaves_the_next_working_morning() -> None:
    dispatched_to(AgencyFactory())

    plan = remind_all(at=EVENING)

    assert [notice.next_attempt_at for notice in reminders()] == [NEXT_MORNING]
    assert plan.leaving_now == 0


def test_an_urgent_letter_is_reminded_of_at_once_at_any_hour() -> None:
    dispatched_to(AgencyFactory(), urgency=Urgency.URGENT)

    remind_all(at=EVENING)

    assert [notice.next_attempt_at for notice in reminders()] == [EVENING]


def test_the_working_time_of_the_unit_s_province_counts() -> None:
    province = Province.objects.create(plate="31", name="Hatay", sort_key="hatay")
    DeclaredLeave.objects.create(
        first_day=NOW.date(),
        last_day=NOW.date(),
        province=province,
        reason="Kar",
        entered_by=UserFactory(),
        entered_at=NOW,
    )
    off_work, at_work = AgencyFactory(province=province), AgencyFactory()
    dispatched_to(off_work, at_work)

    remind_all()

    assert {notice.agency: notice.next_attempt_at for notice in reminders()} == {
        off_work: NEXT_MORNING,
        at_work: NOW,
    }


def test_several_letters_for_one_unit_go_in_one_message() -> None:
    unit = AgencyFactory()
    dispatched_to(unit)
    dispatched_to(unit, AgencyFactory())

    plan = remind_all()

    digest = Notice.objects.get(kind=NoticeKind.DIGEST)
    assert (digest.agency, digest.state, digest.digest_on) == (unit, NoticeState.WAITING, None)
    assert digest.members.count() == 2
    assert {member.state for member in digest.members.all()} == {NoticeState.BUNDLED}
    assert compose(digest).subject == "Hatırlatma: 2 yazı"
    assert Notice.objects.filter(kind=NoticeKind.REMINDER, bundle=None).count() == 1
    assert len(plan.messages) == 2


def test_an_urgent_letter_does_not_wait_for_the_morning_with_the_others() -> None:
    unit = AgencyFactory()
    dispatched_to(unit)
    dispatched_to(unit, urgency=Urgency.URGENT)

    remind_all(at=EVENING)

    assert {notice.next_attempt_at for notice in reminders()} == {EVENING, NEXT_MORNING}
    assert not Notice.objects.filter(kind=NoticeKind.DIGEST).exists()


def test_a_message_about_several_letters_leaves_once_and_names_each(postbox: Postbox) -> None:
    unit = AgencyFactory()
    one = dispatched_to(unit, subject="Birinci Konu", at=timezone.now())
    other = dispatched_to(unit, subject="İkinci Konu", at=timezone.now())
    Notice.objects.update(state=NoticeState.SENT, sent_at=MOMENT, recorded_at=MOMENT)
    Circular.objects.update(urgency=Urgency.URGENT)
    remind_all(at=timezone.now())

    send_due()

    [mail] = postbox.mails
    text = mail.get_body(("plain",)).get_content()
    assert one.subject in text
    assert other.subject in text
    assert DeliveryEvent.objects.filter(kind=EventKind.REMINDED).count() == 2


def test_an_answer_before_it_leaves_stops_it(postbox: Postbox) -> None:
    unit = AgencyFactory()
    circular = dispatched_to(unit, urgency=Urgency.URGENT, at=timezone.now())
    Notice.objects.update(state=NoticeState.SENT, sent_at=MOMENT, recorded_at=MOMENT)
    remind_all(at=timezone.now())
    acknowledge(delivery=circular.deliveries.get().public_id, by=recipient_of(unit), at=timezone.now())

    send_due()

    assert not postbox.mails
    assert [notice.state for notice in reminders()] == [NoticeState.CANCELLED]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda circular: change(circular, paused_at=MOMENT), WhyNotReminded.PAUSED),
        (
            lambda circular: change(
                circular, withdrawn_at=MOMENT, withdrawn_by=circular.recorded_by, withdrawal_reason="Yanlış"
            ),
            WhyNotReminded.WITHDRAWN,
        ),
        (lambda circular: change(circular, superseded_by=draft_to()), WhyNotReminded.REPLACED),
        (
            lambda circular: circular.deliveries.update(
                returned_at=MOMENT, return_ground="not_addressee", return_reason="Muhatap değiliz"
            ),
            WhyNotReminded.ENDED,
        ),
        (
            lambda circular: circular.deliveries.update(
                acknowledged_at=MOMENT,
                acknowledged_name="Ayşe",
                acknowledged_sha256="0" * 64,
                purpose="information",
            ),
            WhyNotReminded.ANSWERED,
        ),
        (lambda circular: Agency.objects.update(email=""), WhyNotReminded.NO_CHANNEL),
    ],
)
def test_who_is_not_reminded_is_named_with_the_reason(
    spoil: Callable[[Circular], object], why: WhyNotReminded
) -> None:
    circular = dispatched_to(AgencyFactory())
    spoil(circular)

    plan = remind_all()

    assert [each.why for each in plan.skipped] == [why]
    assert not reminders()
    assert not CircularChange.objects.exists()


def test_pressing_twice_reminds_once() -> None:
    dispatched_to(AgencyFactory())
    remind_all()

    again = remind_all()

    assert [each.why for each in again.skipped] == [WhyNotReminded.WAITS]
    assert len(reminders()) == 1


def test_a_unit_is_reminded_of_a_letter_once_a_day() -> None:
    unit = AgencyFactory()
    dispatched_to(unit)
    dispatched_to(unit)
    remind_all()
    left(Notice.objects.get(kind=NoticeKind.DIGEST), at=NOW)

    same_day, next_day = remind_all(at=EVENING), remind_all(at=NOW + timedelta(days=1))

    assert [each.why for each in same_day.skipped] == [WhyNotReminded.TODAY] * 2
    assert len(next_day.reminded) == 2


def test_the_longest_waiting_come_first_and_no_more_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distribution.reminders.remind_by_hand.MOST", 2)
    old, older, new = (dispatched_to(AgencyFactory(), at=MOMENT - timedelta(days=n)) for n in (1, 2, 0))

    plan = plan_manual_reminders(deliveries=Delivery.objects.all(), at=NOW)

    assert [each.delivery.circular for each in plan.reminded] == [older, old]
    assert (plan.found, plan.looked_at) == (3, 2)
    assert new not in {each.delivery.circular for each in remind_all().reminded}


def test_a_successor_is_reminded_for_the_closed_unit() -> None:
    closed, successor = AgencyFactory(), AgencyFactory()
    dispatched_to(closed)
    Delivery.objects.update(successor=successor)

    remind_all()

    assert [notice.agency for notice in reminders()] == [successor]


def test_the_number_of_queries_does_not_grow_with_the_units() -> None:
    counts = []
    for size in (3, 40):
        units = AgencyFactory.create_batch(size)
        letters = [dispatched_to(*units), dispatched_to(*units)]
        chosen = Delivery.objects.filter(circular__in=letters)
        with CaptureQueriesContext(connection) as queries:
            plan_manual_reminders(deliveries=chosen, at=NOW)
            remind_by_hand(deliveries=chosen, by=letters[0].recorded_by, at=NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]
