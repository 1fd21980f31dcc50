"""Check the decompressed size of a PDF before it is opened (decompression bombs)."""

import re
import zlib

from circulars.reading.source.errors import UnreadableFile

MAX_STREAM = 128 * 1024 * 1024
MAX_TOTAL = 1024 * 1024 * 1024

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_STEP = 256 * 1024


def check_inflation(content: bytes) -> None:
    """Raise UnreadableFile if one compressed stream, or all together, exceed the limit."""
    total = 0
    for match in _STREAM.finditer(content):
        total += _inflated(content, match.end())
        if total > MAX_TOTAL:
            raise _too_large()


def _inflated(content: bytes, start: int) -> int:
    """Decompressed size in bytes of the stream at this offset; 0 if it isn't deflate."""
    inflater = zlib.decompressobj()
    size = 0
    try:
        for at in range(start, len(content), _STEP):
            packed: bytes = content[at : at + _STEP]
            while packed and not inflater.eof:
                size += len(inflater.decompress(packed, _STEP))
                packed = inflater.unconsumed_tail
                if size > MAX_STREAM:
                    raise _too_large()
            if inflater.eof:
                break
    except zlib.error:
        return size
    return size


def _too_large() -> UnreadableFile:
    return UnreadableFile("too_large", "The file is too large once unpacked.")
