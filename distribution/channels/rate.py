"""How much may leave through a channel now, counted in Redis for all workers together.

The limits spare a relay or a KEP account that refuses more. If Redis can't be asked, the mail leaves all the same.
"""

import logging
from functools import cache

from django.conf import settings
from limits import RateLimitItem
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from distribution.models import Channel

logger = logging.getLogger(__name__)


def allowance(channel: str, wanted: int) -> int:
    """How many of the wanted messages may leave through the channel now."""
    rate = _rate(channel)
    if rate is None:
        return wanted
    try:
        return min(wanted, _limiter(settings.REDIS_URL).get_window_stats(rate, channel).remaining)
    except RedisError as error:
        logger.warning("The rate of %s can't be looked up: %s", channel, error)
        return wanted


def spend(channel: str, messages: int) -> None:
    """Count messages that leave through the channel."""
    rate = _rate(channel)
    if rate is None or not messages:
        return
    try:
        _limiter(settings.REDIS_URL).hit(rate, channel, cost=messages)
    except RedisError as error:
        logger.warning("The rate of %s can't be counted: %s", channel, error)


def _rate(channel: str) -> RateLimitItem | None:
    return {Channel.EMAIL: settings.EMAIL_RATE, Channel.KEP: settings.KEP_RATE}.get(Channel(channel))


@cache
def _limiter(url: str) -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(storage_from_string(url.replace("unix://", "redis+unix://", 1)))
