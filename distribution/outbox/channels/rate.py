"""How much may leave through a channel in a span of time, counted in Redis for all workers together.

The limits spare a relay or a KEP account that refuses more. Asking and counting is one step in Redis, so that
workers together never take more than the limit. If Redis can't be asked, the mail leaves all the same.
"""

import logging
from functools import cache

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

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
    """Whether nothing more may leave through the channel until its window opens again."""
    rate = sender_of(channel).rate()
    if rate is None:
        return False
    try:
        return int(_redis(settings.REDIS_URL).get(_key(channel)) or 0) >= rate.amount
    except RedisError as error:
        logger.warning("The rate of %s can't be looked up: %s", channel, error)
        return False


def take(channel: str, wanted: int) -> int:
    """How many of the wanted messages may leave through the channel now; they are counted at once."""
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
    """In how many seconds the channel's window opens again; None if somebody has asked already and sees to it."""
    try:
        redis = _redis(settings.REDIS_URL)
        left = max(int(redis.ttl(_key(channel))), 0) + 1
        return left if redis.set(f"{_key(channel)}:awaited", 1, ex=left, nx=True) else None
    except RedisError as error:
        logger.warning("The rate of %s can't be looked up: %s", channel, error)
        return None


def _key(channel: str) -> str:
    return f"rate:{channel}"


@cache
def _redis(url: str) -> Redis:
    return Redis.from_url(url, socket_connect_timeout=2, socket_timeout=5)
