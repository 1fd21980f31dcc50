"""A channel that accepts nothing is suspended after a few tries, and everything leaves when it works again."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from distribution.models import Channel, ChannelStatus, Notice, NoticeState
from distribution.models.notices.channel_status import Fault
from distribution.models.notices.notice import BACKOFF
from distribution.outbox.outages.suspension import suspend, try_at_once
from distribution.outbox.send import send_due, sweep_notices
from tests.factories import AgencyFactory, dispatched_to
from tests.smtp import Postbox, free_port

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]

MINUTE = timedelta(minutes=1)


def status() -> ChannelStatus:
    return ChannelStatus.objects.get(channel=Channel.EMAIL)


def later(minutes: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes))


@pytest.fixture
def wrong_password(postbox: Postbox, settings: Settings) -> Postbox:
    """The server wants another password than the one that is set."""
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "biz", "yanlis-parola"
    return postbox


def test_a_wrong_password_is_tried_once_however_many_notices_wait(wrong_password: Postbox) -> None:
    dispatched_to(*AgencyFactory.create_batch(14))

    send_due()
    send_due()
    sweep_notices(at=timezone.now())

    assert (wrong_password.connections, wrong_password.logins) == (1, 2)  # PLAIN and LOGIN
    assert (status().fault, status().suspended_at is not None) == (Fault.SIGN_IN, True)
    assert "535" in status().answer
    assert set(Notice.objects.values_list("state", "attempts")) == {(NoticeState.WAITING, 0)}


@pytest.mark.parametrize(
    ("fails_at", "answer", "fault"),
    [
        ("greeting", None, Fault.REFUSED),
        ("MAIL", None, Fault.SENDER),
        ("", "503 5.5.1 Error: need MAIL command", Fault.REFUSED),
        ("", "530 5.7.0 Authentication required", Fault.SIGN_IN),
        ("", "554 5.7.1 <a@b.example>: Relay access denied", Fault.RELAYING),
        ("", "550 relay not permitted", Fault.RELAYING),
        ("", "550 5.4.5 Daily user sending limit exceeded", Fault.QUOTA),
        ("", "550 Domain bakanlik.example has exceeded the max emails per hour (500/500)", Fault.QUOTA),
        ("", "452 4.3.1 Insufficient system storage", Fault.OVERLOADED),
        ("", "500 5.5.1 Command unrecognized", Fault.REFUSED),
        ("", "451 4.3.0 Temporary lookup failure", Fault.REFUSED),
        ("", "451 Temporary local problem", Fault.REFUSED),
        ("", "450 4.7.1 Error: too much mail from 10.0.0.1", Fault.QUOTA),
    ],
)
def test_a_fault_of_the_channel_suspends_it_and_everything_leaves_when_it_is_well(
    postbox: Postbox, fails_at: str, answer: str | None, fault: Fault
) -> None:
    postbox.fails_at, postbox.answer = fails_at, answer
    dispatched_to(*AgencyFactory.create_batch(10))

    send_due()

    assert status().fault == fault
    assert postbox.refused <= 3
    assert set(Notice.objects.values_list("state", "attempts")) == {(NoticeState.WAITING, 0)}
    tried = postbox.refused
    send_due()
    assert postbox.refused == tried

    postbox.fails_at, postbox.answer = "", None
    with later(6):
        send_due()
    assert len(postbox.mails) == 10
    assert status().suspended_at is None


def test_a_channel_is_never_given_up_however_long_it_is_away(postbox: Postbox) -> None:
    postbox.answer = "554 5.7.1 Relay access denied"
    dispatched_to(*AgencyFactory.create_batch(4))

    for hour in range(30):
        with later(60 * hour):
            send_due()

    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.WAITING}
    assert postbox.refused <= 3 * 30
    postbox.answer = None
    with later(60 * 31):
        send_due()
    assert len(postbox.mails) == 4


@pytest.mark.parametrize("count", [1, 2])
def test_few_recipients_are_not_given_up_either(postbox: Postbox, count: int) -> None:
    postbox.answer = "554 5.7.1 Relay access denied"
    dispatched_to(*AgencyFactory.create_batch(count))

    for minutes in range(0, 60 * 40, 9):
        with later(minutes):
            send_due()

    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.WAITING}
    assert status().fault == Fault.RELAYING


def test_a_limit_used_up_in_the_middle_writes_nothing_off(postbox: Postbox) -> None:
    agencies = AgencyFactory.create_batch(8)
    late = [each.email for each in agencies[4:]]
    postbox.answers = dict.fromkeys(late, "550 5.4.5 Daily user sending limit exceeded")
    dispatched_to(*agencies)
    send_due()
    assert (len(postbox.mails), status().fault) == (4, Fault.QUOTA)

    postbox.answers = dict.fromkeys(late[2:], "550 5.4.5 Daily user sending limit exceeded")
    with later(2):
        send_due()
    postbox.answers = {}
    with later(60 * 24):
        send_due()

    assert len(postbox.mails) == 8
    assert {each.state for each in Notice.objects.all()} == {NoticeState.SENT}


def test_the_other_channels_go_on(kep_postbox: Postbox, settings: Settings) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    dispatched_to(*AgencyFactory.create_batch(3))
    dispatched_to(AgencyFactory(kep_address="birim@hs01.kep.example", channels=[Channel.KEP]))

    send_due()

    assert len(kep_postbox.mails) == 1
    assert status().fault == Fault.UNREACHABLE


def test_the_tries_come_at_growing_intervals_and_only_one_task_makes_each(postbox: Postbox) -> None:
    postbox.fails_at = "greeting"
    dispatched_to(*AgencyFactory.create_batch(3))
    send_due()
    began = status().suspended_at

    gaps = []
    for _ in range(6):
        before = status()
        assert before.next_try_at is not None and before.tried_at is not None
        gaps.append((before.next_try_at - before.tried_at).total_seconds() // 60)
        with time_machine.travel(before.next_try_at, tick=False):
            connections = postbox.connections
            send_due()
            send_due()
            assert postbox.connections == connections + 1

    assert gaps == [1, 2, 5, 10, 10, 10]
    assert status().suspended_at == began


def test_after_a_wrong_password_the_server_is_asked_rarely(wrong_password: Postbox) -> None:
    dispatched_to(AgencyFactory())
    send_due()

    for minute in range(1, 61):
        with later(minute):
            sweep_notices(at=timezone.now())
            send_due()

    assert wrong_password.logins <= 8


def test_changed_settings_are_tried_at_once(postbox: Postbox, settings: Settings) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    dispatched_to(AgencyFactory())
    send_due()
    assert status().suspended_at is not None

    settings.EMAIL_PORT = port
    send_due()

    assert len(postbox.mails) == 1


def test_a_channel_for_which_nothing_waits_any_more_is_tried_by_its_connection(postbox: Postbox) -> None:
    postbox.fails_at = "greeting"
    dispatched_to(AgencyFactory())
    send_due()
    Notice.objects.update(state=NoticeState.CANCELLED)
    with later(2):
        send_due()
    assert status().suspended_at is not None

    postbox.fails_at = ""
    with later(10):
        send_due()
    assert status().suspended_at is None


def test_a_user_may_ask_for_the_next_try_but_not_in_a_row(wrong_password: Postbox) -> None:
    dispatched_to(AgencyFactory())
    send_due()

    assert not try_at_once(channels=[Channel.EMAIL], at=timezone.now())
    with later(1):
        assert try_at_once(channels=[Channel.EMAIL], at=timezone.now())
        send_due()
        assert not try_at_once(channels=[Channel.EMAIL], at=timezone.now())
    assert wrong_password.connections == 2


def test_the_right_password_sends_everything_at_once(wrong_password: Postbox, settings: Settings) -> None:
    dispatched_to(*AgencyFactory.create_batch(14))
    send_due()

    settings.EMAIL_HOST_PASSWORD = wrong_password.password
    send_due()

    assert len(wrong_password.mails) == 14


def test_a_password_that_smtplib_can_not_encode_is_a_wrong_password(
    wrong_password: Postbox, settings: Settings
) -> None:
    settings.EMAIL_HOST_PASSWORD = "şifre-ığ"
    dispatched_to(AgencyFactory())

    send_due()

    assert status().fault == Fault.SIGN_IN


@pytest.mark.parametrize("suspended_before", [False, True])
def test_a_kep_account_that_was_taken_away_leaves_its_notices_to_the_next_channel(
    kep_postbox: Postbox, settings: Settings, suspended_before: bool
) -> None:
    agency = AgencyFactory(kep_address="birim@hs01.kep.example", channels=[Channel.KEP, Channel.EMAIL])
    dispatched_to(agency)
    if suspended_before:
        suspend(channel=Channel.KEP, fault=Fault.UNREACHABLE, answer="", at=timezone.now())
    settings.KEP_SERVER = None

    with later(2):
        send_due()

    assert Notice.objects.get(channel=Channel.KEP).state == NoticeState.FAILED
    assert Notice.objects.get(channel=Channel.EMAIL).replaces is not None
    assert not ChannelStatus.objects.suspended().filter(channel=Channel.KEP).exists()


def test_what_waits_for_a_reason_of_its_own_goes_on_waiting_when_the_channel_works_again(
    postbox: Postbox,
) -> None:
    greylisted, other = AgencyFactory(), AgencyFactory()
    postbox.answers = {greylisted.email: "451 4.7.1 Greylisted"}
    dispatched_to(greylisted)
    send_due()
    waits_until = Notice.objects.get().next_attempt_at
    suspend(channel=Channel.EMAIL, fault=Fault.UNREACHABLE, answer="", at=timezone.now())
    dispatched_to(other)
    ChannelStatus.objects.update(next_try_at=timezone.now())

    send_due()

    assert postbox.to(other.email)
    assert Notice.objects.get(agency=greylisted).next_attempt_at == waits_until


def test_the_backoff_of_a_notice_is_not_used_for_faults_of_the_channel(postbox: Postbox) -> None:
    postbox.fails_at = "MAIL"
    dispatched_to(AgencyFactory())
    for number in range(len(BACKOFF) + 3):
        with later(2 * number):
            try_at_once(channels=[Channel.EMAIL], at=timezone.now())
            send_due()
    assert postbox.connections == len(BACKOFF) + 3

    assert Notice.objects.values_list("state", "attempts").get() == (NoticeState.WAITING, 0)
