"""Undo an encoding done twice: UTF-8 that was read in a Windows code page and saved again ("Ä°ÅŸ" for "İş").

General tools (ftfy) give up where the code page has no sign for a byte, and there the capitals Ş and Ğ lie in the
Turkish one. Their first byte names them well enough in Turkish.
"""

import re

_PAIR = re.compile("[ÃÄÅ][\u0080-\u00bf\ufffdŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™ĞİŞğış]|â€|Â[\u00a0-\u00bf]")
_TURKISH = re.compile("[çğışöüÇĞİŞÖÜ]")
_LOST = {"Ä": b"\xc4\x9e", "Å": b"\xc5\x9e", "Ã": b"\xc3\x8e"}
"""Letters whose second byte is undefined in the code page: Ğ, Ş, Î."""

_LEAST = 3
_ENCODINGS = ("cp1254", "cp1252", "latin-1")
_TRIED = 3


def decoded_once(text: str) -> str:
    """The text as it was written; unchanged if it wasn't encoded twice."""
    for _ in range(_TRIED):
        pairs = len(_PAIR.findall(text))
        if pairs < _LEAST or pairs < _turkish_outside_pairs(text):
            break
        text = "".join(_mended(line) for line in text.splitlines(keepends=True))
    return text


def _turkish_outside_pairs(text: str) -> int:
    return len(_TURKISH.findall(_PAIR.sub("", text)))


def _mended(line: str) -> str:
    if not _PAIR.search(line):
        return line
    packed = bytearray()
    previous = ""
    for sign in line:
        if sign == "\ufffd" and previous in _LOST:
            packed[-1:] = _LOST[previous]
        else:
            byte = _byte(sign)
            if byte is None:
                return line
            packed += byte
        previous = sign
    return packed.decode("utf-8", errors="replace")


def _byte(sign: str) -> bytes | None:
    for encoding in _ENCODINGS:
        try:
            return sign.encode(encoding)
        except UnicodeEncodeError:
            continue
    return None
