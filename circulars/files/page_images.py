"""Pages of a letter's PDF as PNG images, shown beside the form. They are drawn by the processes of `limited`."""

from collections.abc import Callable
from contextlib import suppress

from django.core.cache import caches
from redis.exceptions import RedisError

from circulars.files.limited import work
from circulars.files.limited.pool import LimitReached, limited_pool

_KEPT_SECONDS = 3600


def page_image(content: bytes | Callable[[], bytes], page: int, *, key: str) -> bytes:
    """The page (numbered from 1) as PNG, cached under the key, and drawn anew without Redis. Raises PageMissing.

    The content may be given as a function, which is called only if the page isn't cached.
    """
    name, kept = f"page-image:{key}:{page}", None
    with suppress(RedisError):
        kept = caches["images"].get(name)
    if isinstance(kept, bytes):
        return kept
    image = _drawn(content if isinstance(content, bytes) else content(), page)
    with suppress(RedisError):
        caches["images"].set(name, image, _KEPT_SECONDS)
    return image


class PageMissing(Exception):
    """The file has no such page, or it can't be drawn within the limits."""


def _drawn(content: bytes, page: int) -> bytes:
    try:
        image = limited_pool().call(work.draw_page, content, page)
    except LimitReached as error:
        raise PageMissing from error
    if image is None:
        raise PageMissing
    return image
