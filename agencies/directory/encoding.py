"""The encoding of a CSV file; a file that can't be trusted to be in one known encoding is refused with the row."""

import codecs
import re
from typing import IO

from django.utils.translation import gettext as _

from agencies.directory.refused import UnreadableTable

TURKISH = "cp1254"
_START = 4096
_UTF8_SIGNS = re.compile(rb"[\xc3-\xc5][\x80-\xbf]|\xc2[\xa0-\xbf]|\xe2\x80[\x80-\xbf]|\xcc[\x80-\xbf]")
"""UTF-8 of what Turkish texts hold. Read as Windows-1254, none of these pairs occurs in Turkish."""

_LETTERS = "a-zA-ZçğıöşüÇĞİÖŞÜâîûÂÎÛ"
_PLAIN = re.compile(f"[{_LETTERS}\\x20-\\x7e\\t\\r\\n\xa0‘’“”–—…•«»·´§°€²³½]*")
_INSIDE_WORDS = re.compile(f"[{_LETTERS}][“”…•«»´§°€²³][{_LETTERS}]|[•§€…”»][{_LETTERS}]|[{_LETTERS}][“«]")
_WORDS = re.compile("[a-z][ğışçöü]|[ğışçöü][a-z]")
"""Turkish in Windows-1254: in the code pages of DOS and of a Mac no Turkish letter has these places."""

_CAPITAL_INSIDE = re.compile("[a-zçğıöşüâîû][ÇĞİÖŞÜÂÎÛ]|[ÂÎÛ][ÂÎÛ]")


def encoding_of(file: IO[bytes]) -> str:
    """The encoding of the whole file: by byte order mark, else UTF-8, else Windows-1254 if that gives Turkish.

    Raises UnreadableTable if rows are in different encodings, or in one that isn't known (DOS, Mac).
    """
    start = file.read(_START)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise _no_table()
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if unmarked := _unmarked_utf16(start):
        return unmarked
    in_utf8 = in_other = unknown = 0
    for number, line in enumerate(file, start=1):
        if b"\0" in line:
            raise _no_table()
        if line.isascii():
            continue
        is_utf8, has_signs = _is_utf8(line), bool(_UTF8_SIGNS.search(line))
        if has_signs:
            in_utf8 = in_utf8 or number
        if not is_utf8:
            in_other = in_other or number
            unknown = unknown or (0 if _is_turkish(line) else number)
        if in_utf8 and in_other:
            raise UnreadableTable(
                _(
                    "Row %(row)s is in another encoding than the rows before it; letters of names would be damaged."
                    " Save the table as “CSV UTF-8” or XLSX and upload it again."
                )
                % {"row": number}
            )
    file.seek(0)
    if unknown:
        raise UnreadableTable(
            _(
                "Row %(row)s holds letters in an encoding that isn't known, perhaps of DOS or a Mac."
                " Save the table as “CSV UTF-8” or XLSX and upload it again."
            )
            % {"row": unknown}
        )
    return TURKISH if in_other else "utf-8-sig"


def _no_table() -> UnreadableTable:
    return UnreadableTable(
        _("The file is neither CSV nor XLSX. Save the table in one of these forms and upload it again.")
    )


def _unmarked_utf16(start: bytes) -> str | None:
    """UTF-16 without a byte order mark, in which every second byte of ASCII text is zero."""
    even, odd = start[0::2], start[1::2]
    if len(start) < 8 or (not even.count(0) and not odd.count(0)):
        return None
    if not even.count(0) and odd.count(0) * 2 > len(odd):
        return "utf-16-le"
    if not odd.count(0) and even.count(0) * 2 > len(even):
        return "utf-16-be"
    return None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_turkish(line: bytes) -> bool:
    """Whether the line reads as Turkish in Windows-1254. DOS and Mac letters become signs and capitals in words."""
    try:
        text = line.decode(TURKISH)
    except UnicodeDecodeError:
        return False
    if _WORDS.search(text):
        return True
    return bool(_PLAIN.fullmatch(text)) and not (_INSIDE_WORDS.search(text) or _CAPITAL_INSIDE.search(text))
