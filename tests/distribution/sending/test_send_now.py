"""Sending that stands still is said to sender, manager and administrator, and they can send at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from circulars.models import Circular
from distribution.models import Channel, ChannelStatus, Heartbeat, Notice, NoticeState
from distribution.models.notices.channel_status import Fault
from distribution.outbox.channels.rate import _redis
from distribution.outbox.outages.heartbeat import beat, beat_failed
from distribution.outbox.outages.standstill import standstills, standstills_of
from distribution.outbox.outages.suspension import suspend
from distribution.outbox.send import send_due, sweep_notices
from tests.conftest import SignIn
from tests.factories import AgencyFactory, UserFactory, dispatched_to, manager_of, sender_of
from tests.query_count import query_count
from tests.smtp import Postbox, free_port

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


@pytest.fixture
def standing(postbox: Postbox) -> Circular:
    """A letter whose notices the relay refuses."""
    postbox.answer = "554 5.7.1 <birim@ornek.example>: Relay access denied"
    circular = dispatched_to(*AgencyFactory.create_batch(4), at=timezone.now())
    send_due()
    beat(job=Heartbeat.Job.SWEEP, at=timezone.now())
    return circular


def page(client: Client, name: str, *arguments: object) -> str:
    response = client.get(reverse(name, args=arguments))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", ["letter", "letter_progress"])
def test_the_sender_sees_why_since_when_and_what_comes_next(
    standing: Circular, signed_in: SignIn, name: str
) -> None:
    client = signed_in(sender_of(standing.issuer))

    shown = page(client, name, standing.public_id)

    assert "E-posta gönderilemiyor." in shown
    assert "Sunucu, e-postalarımızı göndermeyi reddediyor." in shown
    assert "Relay access denied" in shown
    status = ChannelStatus.objects.get()
    assert status.suspended_at is not None and status.next_try_at is not None
    assert timezone.localtime(status.suspended_at).strftime("%H:%M") in shown
    assert timezone.localtime(status.next_try_at).strftime("%H:%M") in shown
    assert reverse("send_now", args=[standing.public_id]) in shown


@pytest.mark.parametrize(
    ("name", "who"),
    [("outstanding", manager_of), ("outstanding_letters", manager_of), ("letters", sender_of)],
)
def test_managers_and_senders_see_it_above_their_lists(
    standing: Circular, signed_in: SignIn, name: str, who: Callable[..., object]
) -> None:
    client = signed_in(who(standing.issuer))  # type: ignore[arg-type]

    assert "E-posta gönderilemiyor." in page(client, name)


def test_an_administrator_sees_it_on_every_page(standing: Circular, signed_in: SignIn) -> None:
    client = signed_in(UserFactory(is_superuser=True))

    assert "E-posta gönderilemiyor." in page(client, "directory")
    state = page(client, "sending_state")
    assert state.count("E-posta gönderilemiyor.") == 1
    assert "4 bildirim" in state


def test_the_state_of_sending_is_for_administrators(standing: Circular, signed_in: SignIn) -> None:
    client = signed_in(sender_of(standing.issuer))

    assert client.get(reverse("sending_state")).status_code == 404
    assert client.post(reverse("try_channel", args=["email"])).status_code == 404


def test_send_now_sends_everything_as_soon_as_the_relay_is_well(
    standing: Circular, signed_in: SignIn, postbox: Postbox
) -> None:
    postbox.answer = None
    client = signed_in(sender_of(standing.issuer))
    with time_machine.travel(timezone.now() + timedelta(seconds=40)):
        send_due()
        assert not postbox.mails

        response = client.post(reverse("send_now", args=[standing.public_id]), follow=True)
        send_due()

        assert "4 bildirim şimdi gönderilmeye çalışılıyor." in response.content.decode()
        assert len(postbox.mails) == 4
        assert "gönderilemiyor" not in page(client, "letter", standing.public_id)


def test_send_now_in_a_row_asks_for_patience(standing: Circular, signed_in: SignIn, postbox: Postbox) -> None:
    refused = postbox.refused
    client = signed_in(sender_of(standing.issuer))

    response = client.post(reverse("send_now", args=[standing.public_id]), follow=True)
    send_due()

    assert "Az önce denendi." in response.content.decode()
    assert postbox.refused == refused


def test_send_now_shortens_the_wait_of_a_single_notice(signed_in: SignIn, postbox: Postbox) -> None:
    postbox.answer = "451 4.2.1 Mailbox busy"
    circular = dispatched_to(AgencyFactory())
    send_due()
    Notice.objects.update(next_attempt_at=timezone.now() + timedelta(hours=12), attempts=6)
    client = signed_in(sender_of(circular.issuer))
    assert "kendiliğinden yeniden denenecek" in page(client, "letter", circular.public_id)

    postbox.answer = None
    client.post(reverse("send_now", args=[circular.public_id]))
    send_due()

    assert Notice.objects.get().state == NoticeState.SENT


def test_the_state_of_sending_says_how_many_are_tried_again_and_when(
    signed_in: SignIn, postbox: Postbox
) -> None:
    postbox.answer = "451 4.2.1 Mailbox busy"
    dispatched_to(*AgencyFactory.create_batch(2), at=timezone.now())
    send_due()
    again = timezone.now() + timedelta(hours=2)
    Notice.objects.update(next_attempt_at=again)
    client = signed_in(UserFactory(is_superuser=True))

    shown = page(client, "sending_state")

    assert "Bekleyen bildirim yok." not in shown
    assert "Kabul edilmeyen 2 bildirim kendiliğinden yeniden denenecek." in shown
    assert timezone.localtime(again).strftime("%H:%M") in shown
    assert reverse("try_channel", args=["email"]) in shown

    Notice.objects.update(last_error="")
    shown = page(client, "sending_state")
    assert "Zamanı gelince gönderilecek 2 bildirim var." in shown
    assert reverse("try_channel", args=["email"]) not in shown


def test_a_stranger_sends_nothing(standing: Circular, signed_in: SignIn) -> None:
    client = signed_in(sender_of(AgencyFactory()))
    before = ChannelStatus.objects.get().next_try_at

    assert client.post(reverse("send_now", args=[standing.public_id])).status_code == 404
    assert client.get(reverse("send_now", args=[standing.public_id])).status_code == 302
    assert ChannelStatus.objects.get().next_try_at == before


def test_an_administrator_tries_a_channel(standing: Circular, signed_in: SignIn, postbox: Postbox) -> None:
    postbox.answer = None
    client = signed_in(UserFactory(is_superuser=True))
    with time_machine.travel(timezone.now() + timedelta(seconds=40)):
        client.post(reverse("try_channel", args=[Channel.EMAIL]))
        send_due()

    assert len(postbox.mails) == 4
    assert client.post(reverse("try_channel", args=["uydurma"])).status_code == 404


@pytest.mark.parametrize(
    ("queued", "words"),
    [
        (0, "zamanlayıcı (beat) çalışmıyor veya saati yanlış"),
        (3, "Bildirimleri gönderen süreç (worker) çalışmıyor"),
    ],
)
def test_a_dead_worker_or_beat_is_said(
    signed_in: SignIn, settings: Settings, queued: int, words: str
) -> None:
    since = timezone.now() - timedelta(minutes=9)
    sweep_notices(at=since)
    circular = dispatched_to(AgencyFactory(), at=timezone.now())
    redis = _redis(settings.REDIS_URL)
    redis.delete("celery")
    for number in range(queued):
        redis.lpush("celery", str(number))
    try:
        shown = page(signed_in(sender_of(circular.issuer)), "letter", circular.public_id)
    finally:
        redis.delete("celery")

    assert words in shown
    assert timezone.localtime(since).strftime("%H:%M") in shown


def test_a_worker_that_never_ran_is_said(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory(), at=timezone.now() - timedelta(minutes=9))

    (found,) = standstills_of(circular, at=timezone.now())

    assert found.since == circular.dispatched_at


def test_clocks_that_differ_are_said(signed_in: SignIn) -> None:
    beat(job=Heartbeat.Job.SWEEP, at=timezone.now() + timedelta(hours=3))

    (found,) = standstills(at=timezone.now())

    assert "saatleri farklı" in found.why


def test_redis_away_is_said_at_once_with_the_last_sign_of_life(settings: Settings) -> None:
    circular = dispatched_to(AgencyFactory(), at=timezone.now())
    beat(job=Heartbeat.Job.SWEEP, at=timezone.now() - timedelta(seconds=50))
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    (found,) = standstills_of(circular, at=timezone.now())

    assert "Redis" in found.why
    assert found.since == Heartbeat.objects.get().at


@pytest.mark.parametrize("suspended", [False, True])
def test_redis_away_is_said_at_once_on_every_page(
    signed_in: SignIn, settings: Settings, suspended: bool
) -> None:
    circular = dispatched_to(AgencyFactory(), at=timezone.now())
    beat(job=Heartbeat.Job.SWEEP, at=timezone.now())
    if suspended:
        suspend(channel=Channel.EMAIL, fault=Fault.SIGN_IN, answer="535", at=timezone.now())
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    for who, name, arguments in (
        (sender_of(circular.issuer), "letter", [circular.public_id]),
        (sender_of(circular.issuer), "letters", []),
        (manager_of(circular.issuer), "outstanding", []),
        (UserFactory(is_superuser=True), "sending_state", []),
    ):
        shown = page(signed_in(who), name, *arguments)
        assert "kuyruğuna (Redis) ulaşılamıyor" in shown
        assert "Bildirimler kaybolmaz; sorun giderilince kendiliğinden gönderilir." in shown
        assert "Gönderimde sorun yok." not in shown


def test_redis_away_is_said_to_administrators_even_while_nothing_waits(
    signed_in: SignIn, settings: Settings
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    shown = page(signed_in(UserFactory(is_superuser=True)), "sending_state")

    assert "kuyruğuna (Redis) ulaşılamıyor" in shown


def test_nothing_is_said_while_all_is_well_or_nothing_waits(postbox: Postbox) -> None:
    circular = dispatched_to(AgencyFactory())
    sweep_notices(at=timezone.now())
    send_due()

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert standstills_of(circular, at=timezone.now()) == []


def test_a_mailbox_that_can_not_be_read_is_said_since_when(signed_in: SignIn) -> None:
    first = timezone.now() - timedelta(minutes=5)
    beat_failed(job=Heartbeat.Job.MAILBOX, error="[AUTHENTICATIONFAILED] Invalid credentials", at=first)
    beat_failed(job=Heartbeat.Job.MAILBOX, error="[AUTHENTICATIONFAILED] again", at=timezone.now())

    (found,) = standstills(at=timezone.now())

    assert (found.since, found.answer) == (first, "[AUTHENTICATIONFAILED] again")
    beat(job=Heartbeat.Job.MAILBOX, at=timezone.now())
    assert standstills(at=timezone.now()) == []


def test_the_pages_ask_no_more_with_many_notices(standing: Circular, signed_in: SignIn) -> None:
    client = signed_in(sender_of(standing.issuer))
    few = query_count(lambda: page(client, "letter_progress", standing.public_id))
    other = dispatched_to(*AgencyFactory.create_batch(20), issuer=standing.issuer, at=timezone.now())

    assert query_count(lambda: page(client, "letter_progress", other.public_id)) == few
