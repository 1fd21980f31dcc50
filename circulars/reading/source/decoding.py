"""Decode a text file: UTF-8, UTF-16, Windows-1254, ISO-8859-9."""

import codecs
import unicodedata

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 4096
_NORMAL_CONTROLS = "\t\n\r\f\v\x1a\x85"
_STRANGE_SHARE = 0.02


def decode(content: bytes) -> str | None:
    """The text, or None if the bytes are not text in a supported encoding."""
    text = _decoded(content)
    return None if text is None or _is_binary(text) else text


def _decoded(content: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace").removeprefix("\ufeff")
    unmarked = _unmarked_utf16(content)
    if unmarked:
        return content.decode(unmarked, errors="replace")
    for encoding in ("utf-8", "cp1254", "iso-8859-9"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            if encoding == "utf-8" and _is_damaged_utf8(content):
                return content.decode("utf-8", errors="replace")
    return None


def _unmarked_utf16(content: bytes) -> str | None:
    """The byte order of UTF-16 without a mark: most code units of Turkish text have a zero high byte."""
    sample = content[:_SAMPLE]
    half = len(sample) // 2
    if half < 4:
        return None
    if sample[1::2].count(0) > 0.6 * half and sample[0::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.6 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _is_damaged_utf8(content: bytes) -> bool:
    """Whether invalid sequences are rare among valid ones, as in a truncated or corrupted copy."""
    text = content.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = sum(1 for c in text if c > "\x7f") - broken
    return whole > 20 * broken


def _is_binary(text: str) -> bool:
    strange = sum(
        1
        for c in text
        if c == "\ufffd" or (c not in _NORMAL_CONTROLS and unicodedata.category(c) in {"Cc", "Cn"})
    )
    return strange > _STRANGE_SHARE * len(text) + 1
