"""Pages of a letter's PDF as PNG images, shown beside the form.

PDFium is not thread-safe, so rendering is serialised. The image size is bounded whatever the page's size.
"""

import io
from collections.abc import Callable
from contextlib import suppress

import pypdfium2
from django.core.cache import caches
from redis.exceptions import RedisError

from circulars.reading import UnreadableFile, cover_letter
from circulars.reading.source.pdf.pdfium import PDFIUM
from circulars.reading.source.pdf_text import MAX_PAGES

_WIDTH = 1240
_TALLEST = 2600
_KEPT_SECONDS = 3600


def page_sizes(content: bytes) -> list[list[float]]:
    """Width and height of each page in points; empty if the letter is not a readable PDF."""
    try:
        content = cover_letter(content)
    except UnreadableFile:
        return []
    if b"%PDF-" not in content[:1024]:
        return []
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError:
            return []
        try:
            sizes = [document.get_page_size(index) for index in range(min(len(document), MAX_PAGES))]
        except pypdfium2.PdfiumError:
            return []
        finally:
            document.close()
    return [[round(width, 1), round(height, 1)] for width, height in sizes]


def page_image(content: bytes | Callable[[], bytes], page: int, *, key: str) -> bytes:
    """The page (numbered from 1) as PNG, cached under the key, and drawn anew without Redis. Raises PageMissing.

    The content may be given as a function, which is called only if the page isn't cached.
    """
    name, kept = f"page-image:{key}:{page}", None
    with suppress(RedisError):
        kept = caches["images"].get(name)
    if isinstance(kept, bytes):
        return kept
    try:
        letter = cover_letter(content if isinstance(content, bytes) else content())
    except UnreadableFile as error:
        raise PageMissing from error
    image = _rendered(letter, page)
    with suppress(RedisError):
        caches["images"].set(name, image, _KEPT_SECONDS)
    return image


class PageMissing(Exception):
    """The file has no such page, or it can't be rendered."""


def _rendered(content: bytes, page: int) -> bytes:
    file = io.BytesIO()
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            raise PageMissing from error
        try:
            if not 1 <= page <= min(len(document), MAX_PAGES):
                raise PageMissing
            width, height = document.get_page_size(page - 1)
            if min(width, height) <= 0:
                raise PageMissing
            scale = min(_WIDTH / width, _TALLEST / height)
            document[page - 1].render(scale=scale, grayscale=True).to_pil().save(file, "PNG")
        except pypdfium2.PdfiumError as error:
            raise PageMissing from error
        finally:
            document.close()
    return file.getvalue()
