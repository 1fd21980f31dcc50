"""Rate limits of channels, counted in Redis for all workers together.

Relays and KEP accounts refuse more than a certain rate. Reading and incrementing the counter is atomic, so that
the workers together never exceed the limit. If Redis is unreachable, mail is sent without a limit.
"""

import logging
from functools import cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError
from redis.retry import Retry

from distribution.outbox.channels.registry import sender_of

logger = logging.getLogger(__name__)

TAKE = """
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
local taken = math.min(tonumber(ARGV[1]), math.max(tonumber(ARGV[2]) - used, 0))
if taken > 0 then
    redis.call('INCRBY', KEYS[1], taken)
    if redis.call('TTL', KEYS[1]) < 0 then
        redis.call('EXPIRE', KEYS[1], ARGV[3])
    end
end
return taken
"""


def is_exhausted(channel: str) -> bool:
    """Whether the channel's limit is used up for the current window."""
    rate = sender_of(channel).rate()
    if rate is None:
        return False
    try:
        return int(_redis(settings.REDIS_URL).get(_key(channel)) or 0) >= rate.amount
    except RedisError as error:
        logger.warning("The rate of %s can't be looked up: %s", channel, error)
        return False


def take(channel: str, wanted: int) -> int:
    """Reserve up to `wanted` messages in the current window; returns how many may be sent."""
    rate = sender_of(channel).rate()
    if rate is None or not wanted:
        return wanted
    try:
        taken = _redis(settings.REDIS_URL).eval(
            TAKE, 1, _key(channel), wanted, rate.amount, rate.get_expiry()
        )
        return int(taken)
    except RedisError as error:
        logger.warning("The rate of %s can't be counted: %s", channel, error)
        return wanted


def seconds_to_wait(channel: str) -> int | None:
    """Seconds until the channel's window opens again; None if another caller has asked and schedules the wake-up."""
    try:
        redis = _redis(settings.REDIS_URL)
        left = max(int(redis.ttl(_key(channel))), 0) + 1
        return left if redis.set(f"{_key(channel)}:awaited", 1, ex=left, nx=True) else None
    except RedisError as error:
        logger.warning("The rate of %s can't be looked up: %s", channel, error)
        return None


def broker_length(queue: str) -> int | None:
    """Number of messages that wait for a worker; None if Redis can't be reached. Pages wait a second at most."""
    try:
        return int(_redis(settings.REDIS_URL, seconds=1).llen(queue))
    except RedisError as error:
        logger.warning("Redis can't be reached: %s", error)
        return None


def _key(channel: str) -> str:
    return f"rate:{channel}"


@cache
def _redis(url: str, *, seconds: float = 5) -> Redis:
    """A connection that gives up after so long. One that broke off is opened anew once; a silent one isn't."""
    return Redis.from_url(
        url,
        socket_connect_timeout=min(seconds, 2),
        socket_timeout=seconds,
        retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
    )
