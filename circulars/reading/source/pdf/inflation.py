"""Check the decompressed size of a PDF before it is opened (decompression bombs).

Streams may be packed several times over, or written as hexadecimal or base-85 digits. What a stream unpacks to is
tried, not believed, so that it doesn't matter how its filters are written.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator

from circulars.reading.source.errors import UnreadableFile

MAX_STREAM = 128 * 1024 * 1024
MAX_TOTAL = 1024 * 1024 * 1024
MAX_TIMES = 4
"""How many times over a stream may be packed."""

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_STEP = 256 * 1024
_DICTIONARY = 600
_RUNS = re.compile(rb"/(?:RunLengthDecode|RL)\b")
_LZW = re.compile(rb"/LZW(?:Decode)?\b")
_RUN_GROWTH = 64
_LZW_GROWTH = 1024
_HEX = re.compile(rb"[0-9A-Fa-f\s]{16,}>?")
_BASE_85 = re.compile(rb"[!-uz\s]{16,}~>")


def check_inflation(content: bytes) -> None:
    """Raise UnreadableFile if one compressed stream, or all together, exceed the limit."""
    total = 0
    for match in _STREAM.finditer(content):
        dictionary = content[max(0, match.start() - _DICTIONARY) : match.start()].rpartition(b"obj")[2]
        inner = _Inflation(_growth_of(dictionary))
        packed = _digits(content, match.end())
        if packed is None:
            total += inner.unpacked(content, match.end())
        else:
            total += inner.unpacked(packed, 0)
        if total > MAX_TOTAL:
            raise too_large()


def _growth_of(dictionary: bytes) -> int:
    """How many times larger another filter may make what inflation gives."""
    if _LZW.search(dictionary):
        return _LZW_GROWTH
    return _RUN_GROWTH if _RUNS.search(dictionary) else 1


def _digits(content: bytes, start: int) -> bytes | None:
    """The bytes that a stream writes as digits; None if it doesn't."""
    for form, decode in ((_HEX, _from_hex), (_BASE_85, _from_base_85)):
        match = form.match(content, start)
        if match:
            return decode(match.group())
    return None


def _from_hex(digits: bytes) -> bytes:
    plain = b"".join(digits.rstrip(b">").split())
    return bytes.fromhex(plain[: len(plain) // 2 * 2].decode("ascii"))


def _from_base_85(digits: bytes) -> bytes | None:
    try:
        return base64.a85decode(digits[:-2])
    except ValueError:
        return None


class _Inflation:
    """Inflates a stream step by step, and what comes out again while it looks like packed data; keeps only sizes."""

    def __init__(self, growth: int) -> None:
        self._growth = growth
        self._levels: list[_Level] = [_Level()]

    def unpacked(self, content: bytes, start: int) -> int:
        """The sum of the sizes in bytes of all levels; 0 if it isn't deflate."""
        for at in range(start, len(content), _STEP):
            if not self._feed(content[at : at + _STEP], 0):
                break
        return sum(level.size for level in self._levels)

    def _feed(self, packed: bytes, depth: int) -> bool:
        """Whether this level takes more."""
        level = self._levels[depth]
        for piece in level.pieces(packed):
            if level.size * self._growth > MAX_STREAM and (self._growth == 1 or level.size > _STEP):
                raise too_large()
            if depth + 1 == len(self._levels) and level.size == len(piece) and _looks_packed(piece):
                if depth + 1 >= MAX_TIMES:
                    raise too_large()
                self._levels.append(_Level())
            if depth + 1 < len(self._levels):
                self._feed(piece, depth + 1)
        return not level.done


class _Level:
    """One inflation."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj()
        self.size = 0
        self.done = False

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        """The unpacked pieces of these bytes."""
        while packed and not self.done:
            try:
                piece = self._inflater.decompress(packed, _STEP)
            except zlib.error:
                self.done = True
                return
            packed = self._inflater.unconsumed_tail
            self.done = self._inflater.eof
            self.size += len(piece)
            if piece:
                yield piece


def _looks_packed(piece: bytes) -> bool:
    """Whether bytes begin as zlib's do."""
    return (
        len(piece) > 1
        and piece[0] & 0x0F == 8
        and piece[0] >> 4 <= 7
        and (piece[0] * 256 + piece[1]) % 31 == 0
    )


def too_large() -> UnreadableFile:
    """The refusal."""
    return UnreadableFile("too_large", "The file is too large once unpacked.")
