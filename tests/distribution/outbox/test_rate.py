"""Rate limits of channels with concurrent workers."""

import json
from collections.abc import Iterator

import pytest
from django.utils import timezone
from limits import parse
from pytest_django import Settings
from redis import Redis

from agencies.models import Agency
from distribution.models import Channel, Notice, NoticeState
from distribution.outbox.channels.rate import take
from distribution.outbox.send import send_due
from tests.distribution.receiving.test_at_once import at_once
from tests.factories import AgencyFactory, dispatched_to
from tests.smtp import Postbox, free_port

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


@pytest.fixture(autouse=True)
def redis(settings: Settings) -> Iterator[Redis]:
    """Redis with an empty queue and empty counters, before and after."""
    client = Redis.from_url(settings.REDIS_URL)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


def by_kep(count: int) -> list[Agency]:
    return [AgencyFactory(email="", kep_address=f"birim{number}@hs01.kep.tr") for number in range(count)]


def planned(redis: Redis) -> list[dict[str, object]]:
    """Wake-up calls scheduled for later."""
    headers = [json.loads(message)["headers"] for message in redis.lrange("celery", 0, -1)]
    return [each for each in headers if each["eta"]]


def test_workers_that_ask_at_the_same_moment_get_the_limit_together(settings: Settings) -> None:
    settings.KEP_RATE = parse("10/minute")

    taken = at_once(*[lambda: take(Channel.KEP, 4)] * 8)

    assert sum(taken) == 10


def test_workers_that_send_at_the_same_moment_stay_below_the_limit(
    settings: Settings, kep_postbox: Postbox
) -> None:
    settings.KEP_RATE = parse("7/minute")
    dispatched_to(*by_kep(20))

    tried = at_once(*[send_due] * WORKERS)

    assert sum(tried) == len(kep_postbox.mails) == 7
    assert Notice.objects.filter(state=NoticeState.WAITING, attempts=0).count() == 13


def test_a_channel_that_is_exhausted_does_not_hold_up_another(
    settings: Settings, postbox: Postbox, kep_postbox: Postbox
) -> None:
    settings.KEP_RATE = parse("2/minute")
    dispatched_to(*by_kep(40))
    dispatched_to(*AgencyFactory.create_batch(3))

    send_due()

    assert len(kep_postbox.mails) == 2
    assert len(postbox.mails) == 3


def test_workers_are_woken_once_when_the_window_opens(
    settings: Settings, kep_postbox: Postbox, redis: Redis
) -> None:
    settings.KEP_RATE = parse("1/2 second")
    dispatched_to(*by_kep(2))
    send_due()
    calls = planned(redis)
    assert calls

    send_due()

    assert len(planned(redis)) == len(calls)


def test_no_wake_up_is_scheduled_for_a_channel_without_waiting_notices(
    settings: Settings, kep_postbox: Postbox, redis: Redis
) -> None:
    settings.KEP_RATE = parse("1/minute")
    dispatched_to(*by_kep(1))

    send_due()

    assert not planned(redis)


def test_a_window_longer_than_a_minute_is_left_to_the_sweep(
    settings: Settings, kep_postbox: Postbox, redis: Redis
) -> None:
    settings.KEP_RATE = parse("1/hour")
    dispatched_to(*by_kep(2))

    send_due()

    assert not planned(redis)


def test_the_window_opens_again(settings: Settings, kep_postbox: Postbox, redis: Redis) -> None:
    settings.KEP_RATE = parse("1/minute")
    dispatched_to(*by_kep(2))
    send_due()
    assert 0 < int(redis.ttl("rate:kep")) <= 60

    redis.delete("rate:kep")
    send_due()

    assert len(kep_postbox.mails) == 2


def test_without_redis_the_mail_leaves_all_the_same(settings: Settings, postbox: Postbox) -> None:
    dispatched_to(AgencyFactory())
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    send_due()

    assert len(postbox.mails) == 1
    assert Notice.objects.filter(next_attempt_at__lte=timezone.now(), state=NoticeState.SENT).exists()
