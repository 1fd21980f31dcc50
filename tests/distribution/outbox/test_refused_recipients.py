"""Whether a refusal is the recipient's or the channel's fault: the next message decides."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from agencies.models import Agency
from distribution.models import Channel, ChannelStatus, Notice, NoticeState
from distribution.models.notices.channel_status import Fault
from distribution.outbox import send
from distribution.outbox.outages.suspension import UNKNOWN_BEFORE_SUSPENSION
from distribution.outbox.record import mark_sent
from distribution.outbox.send import send_due
from tests.factories import AgencyFactory, claimed, dispatched_to
from tests.smtp import Postbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]

MINUTE = timedelta(minutes=1)


def status() -> ChannelStatus:
    return ChannelStatus.objects.get(channel=Channel.EMAIL)


def later(minutes: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes))


def test_a_refusal_of_one_recipient_is_that_recipients_as_soon_as_another_is_accepted(
    postbox: Postbox,
) -> None:
    refused, other = AgencyFactory(), AgencyFactory()
    postbox.answers = {refused.email: "550 5.7.1 You are not allowed to write to this group"}
    dispatched_to(refused, other)

    send_due()

    assert Notice.objects.get(agency=refused).state == NoticeState.FAILED
    assert Notice.objects.get(agency=other).state == NoticeState.SENT
    assert not ChannelStatus.objects.suspended().exists()


def test_a_recipient_refused_alone_is_given_up_after_the_channel_has_worked_meanwhile(
    postbox: Postbox,
) -> None:
    refused = AgencyFactory()
    postbox.answers = {refused.email: "550 5.7.1 You are not allowed to write to this group"}
    dispatched_to(refused)
    send_due()
    assert Notice.objects.get().state == NoticeState.WAITING
    dispatched_to(AgencyFactory())
    send_due()

    with later(2):
        send_due()

    assert Notice.objects.get(agency=refused).state == NoticeState.FAILED


def test_recipients_refused_for_policy_one_after_another_do_not_stop_the_others_again_and_again(
    postbox: Postbox,
) -> None:
    refused, others = AgencyFactory.create_batch(4), AgencyFactory.create_batch(4)
    postbox.answers = dict.fromkeys([each.email for each in refused], "550 5.7.1 Denied by policy")
    dispatched_to(*refused, *others)
    send_due()
    assert status().suspended_at is not None

    with later(2):
        send_due()

    assert len(postbox.mails) == 4
    assert {each.state for each in Notice.objects.filter(agency__in=refused)} == {NoticeState.FAILED}
    assert not ChannelStatus.objects.suspended().exists()


def test_refusals_before_and_after_others_were_accepted_do_not_add_up(
    postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "BATCH", 3)
    agencies = AgencyFactory.create_batch(9)
    refused = [each.email for each in (agencies[1], agencies[2], agencies[7], agencies[8])]
    postbox.answers = dict.fromkeys(refused, "550 5.7.1 Denied by policy")
    dispatched_to(*agencies)

    send_due()

    assert len(postbox.mails) == 5
    assert not ChannelStatus.objects.suspended().exists()
    assert set(Notice.objects.exclude(state=NoticeState.SENT).values_list("state", "attempts")) == {
        (NoticeState.WAITING, 1)
    }


def test_a_try_that_finds_only_refused_recipients_counts_no_attempt(postbox: Postbox) -> None:
    postbox.answer = "550 5.7.1 Relay access denied"
    dispatched_to(*AgencyFactory.create_batch(3))
    Notice.objects.update(attempts=3)
    send_due()
    Notice.objects.filter(pk__in=Notice.objects.values("pk")[:2]).update(state=NoticeState.CANCELLED)

    for minutes in (2, 5, 20, 40):
        with later(minutes):
            send_due()

    left = Notice.objects.get(state=NoticeState.WAITING)
    assert left.attempts == 3
    assert status().suspended_at is not None


def test_refusals_in_one_task_suspend_nothing_while_another_is_accepted(postbox: Postbox) -> None:
    refused = AgencyFactory.create_batch(3)
    postbox.answers = dict.fromkeys([each.email for each in refused], "550 5.7.1 Denied by policy")
    dispatched_to(AgencyFactory())
    elsewhere = claimed()
    mark_sent(notice=elsewhere, at=timezone.now() + MINUTE)
    dispatched_to(*refused)

    send_due()

    assert {each.state for each in Notice.objects.filter(agency__in=refused)} == {NoticeState.FAILED}
    assert not ChannelStatus.objects.suspended().exists()


def test_unknown_recipients_suspend_nothing(postbox: Postbox) -> None:
    postbox.answer = "550 5.1.1 No such user"
    dispatched_to(*AgencyFactory.create_batch(5))

    send_due()

    assert {notice.state for notice in Notice.objects.all()} == {NoticeState.FAILED}
    assert not ChannelStatus.objects.exists()


def test_a_new_letter_is_tried_at_once_where_only_some_recipients_were_refused(postbox: Postbox) -> None:
    refused = AgencyFactory.create_batch(3)
    postbox.answers = dict.fromkeys([each.email for each in refused], "550 5.7.1 Denied by policy")
    dispatched_to(*refused)
    send_due()
    assert status().suspended_at is not None

    with later(0.2):
        dispatched_to(AgencyFactory(email="yeni@ornek.example"), at=timezone.now())
    with later(0.4):
        send_due()

    assert postbox.to("yeni@ornek.example")
    assert status().suspended_at is None


@pytest.mark.parametrize("answer", ["421 4.7.0 Closing", "530 5.7.0 Authentication required", "503 5.5.1 no"])
def test_one_recipient_that_is_answered_as_if_the_server_failed_stops_nobody_else(
    postbox: Postbox, answer: str
) -> None:
    bad, others = AgencyFactory(), AgencyFactory.create_batch(9)
    postbox.answers = {bad.email: answer}
    dispatched_to(bad, *others)

    for minutes in (0, 2, 5):
        with later(minutes):
            send_due()

    assert len(postbox.mails) == 9
    assert not ChannelStatus.objects.suspended().exists()
    notice = Notice.objects.get(agency=bad)
    assert (notice.state, notice.attempts > 0) == (NoticeState.WAITING, True)


def test_a_relay_that_knows_nobody_cuts_nobody_off(postbox: Postbox) -> None:
    postbox.answer = "550 5.1.1 Recipient address rejected: User unknown in relay recipient table"
    dispatched_to(*AgencyFactory.create_batch(UNKNOWN_BEFORE_SUSPENSION + 2))

    send_due()

    assert status().fault == Fault.RELAYING
    assert {each.state for each in Notice.objects.all()} == {NoticeState.WAITING}
    assert not Agency.objects.with_undeliverable_address().exists()
