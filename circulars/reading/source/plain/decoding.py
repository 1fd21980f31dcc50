"""Decode a text file: UTF-8, UTF-16, and the Turkish code pages of Windows, ISO, DOS and Mac."""

import codecs
import unicodedata

from circulars.reading.source.plain.misdecoded import decoded_once

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CODE_PAGES = ("cp1254", "iso-8859-9", "cp857", "mac-turkish")
"""In the order in which they are preferred where they read the text alike."""

_TURKISH = frozenset("çğıöşüÇĞİÖŞÜâîûÂÎÛ")
_MISREAD = frozenset("ÐÝÞðýþ")
"""Turkish letters written with a western code page; the cleaning puts them right."""

_SAMPLE = 4096
_JUDGED = 200_000
_NORMAL_CONTROLS = "\t\n\r\f\v\x1a"
_STRANGE_SHARE = 0.02


def decode(content: bytes) -> str | None:
    """The text, or None if the bytes are not text in a supported encoding."""
    text = _decoded(content)
    if text is None:
        return None
    text = decoded_once(text)
    return None if _is_binary(text) else text


def _decoded(content: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace").removeprefix("\ufeff")
    unmarked = _unmarked_utf16(content)
    if unmarked:
        return content.decode(unmarked, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        if _is_damaged_utf8(content):
            return content.decode("utf-8", errors="replace")
    return _in_code_page(content)


def _in_code_page(content: bytes) -> str | None:
    """The text in the code page under which its letters beyond ASCII make the most Turkish words."""
    best: tuple[int, str] | None = None
    for encoding in _CODE_PAGES:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        worth = _turkishness(text[:_JUDGED])
        if best is None or worth > best[0]:
            best = worth, text
    return best[1] if best else None


def _turkishness(text: str) -> int:
    """Turkish letters, less other letters and signs that stand where a word's letter is expected."""
    worth = 0
    previous = " "
    for sign, following in zip(text, f"{text[1:]} ", strict=True):
        if sign > "\x7f":
            in_word = previous.isalpha() or following.isalpha()
            if sign in _TURKISH:
                worth += 2 if in_word else 0
            elif sign in _MISREAD:
                worth += 1 if in_word else 0
            elif unicodedata.category(sign) == "Cc" or in_word:
                worth -= 2
        previous = sign
    return worth


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
        if c == "\ufffd"
        or (c not in _NORMAL_CONTROLS and c != "\x85" and unicodedata.category(c) in {"Cc", "Cn"})
    )
    return strange > _STRANGE_SHARE * len(text) + 1
