"""Pages of a letter's PDF as PNG images, shown beside the form. They are drawn by the processes of `limited`."""

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from threading import BoundedSemaphore
from time import monotonic

from django.conf import settings
from django.core.cache import caches
from redis.exceptions import RedisError

from circulars.files.limited import work
from circulars.files.limited.pool import LimitReached, limited_pool

SECONDS = 10
"""A web request waits no longer for a picture."""

_KEPT_SECONDS = 3600
_MISSING_SECONDS = 300
_MISSING = "missing"


def page_image(content: bytes | Callable[[], bytes], page: int, *, key: str) -> bytes:
    """The page (numbered from 1) as PNG, cached under the key, and drawn anew without Redis. Raises PageMissing.

    A page that can't be drawn isn't tried again for a while. The content may be given as a function, which is called
    only if nothing is cached.
    """
    name, kept = f"page-image:{key}:{page}", None
    with suppress(RedisError):
        kept = caches["images"].get(name)
    if isinstance(kept, bytes):
        return kept
    if kept == _MISSING:
        raise PageMissing
    image = _drawn(content if isinstance(content, bytes) else content(), page)
    with suppress(RedisError):
        caches["images"].set(name, image or _MISSING, _KEPT_SECONDS if image else _MISSING_SECONDS)
    if image is None:
        raise PageMissing
    return image


class PageMissing(Exception):
    """The file has no such page, or it can't be drawn within the limits, or too many others are being drawn."""


def _drawn(content: bytes, page: int) -> bytes | None:
    """The page, None if it can't be drawn. Raises PageMissing if its turn doesn't come."""
    end = monotonic() + SECONDS
    if not _turns().acquire(timeout=SECONDS / 2):
        raise PageMissing
    try:
        return limited_pool().call(work.draw_page, content, page, seconds=end - monotonic())
    except LimitReached:
        return None
    finally:
        _turns().release()


@lru_cache
def _turns() -> BoundedSemaphore:
    """One process of the pool is left for letters, if there are several."""
    return BoundedSemaphore(max(1, settings.READING_PROCESSES - 1))
