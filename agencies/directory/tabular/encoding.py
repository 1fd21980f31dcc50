"""The encoding of a CSV file; a file that can't be trusted to be in one known encoding is refused with the row."""

import codecs
import re
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _

from agencies.directory.columns import fields_by_heading
from agencies.directory.tabular.refused import UnreadableTable
from agencies.turkish import search_key

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


_PROOF = re.compile("[ığşçöü]|[A-ZÜŞ][ÇĞÖİ]|[ÇĞÖİ][A-ZÜŞ]")
"""Letters that a Mac's Turkish text doesn't leave: its İ reads as Ü, and its Ş as itself."""

MOST_NAMED = 5
_HEADING_WITHIN = 30


@dataclass
class _Cells:
    """The first cells with such letters, by row and column, as words for a message."""

    named: list[str] = field(default_factory=list)
    more: bool = False

    def add(self, number: int, line: bytes, heading: "_Heading") -> None:
        if len(self.named) == MOST_NAMED:
            self.more = True
            return
        title = heading.title_of(line)
        row = _("row %(row)s") % {"row": number}
        self.named.append(
            _("row %(row)s, column “%(title)s”") % {"row": number, "title": title} if title else row
        )

    def __str__(self) -> str:
        return "; ".join(self.named) + (" …" if self.more else "")


class _Heading:
    """Titles of the columns, as far as they can be read before the encoding is known."""

    def __init__(self) -> None:
        self._titles: list[str] = []
        self._delimiter = b""

    def look_at(self, number: int, line: bytes) -> None:
        """Take the line for the heading if it is among the first and names a known column."""
        if self._titles or number > _HEADING_WITHIN:
            return
        for delimiter in (b";", b"\t", b",", b"|"):
            titles = [each.decode(TURKISH, "replace").strip('\r\n "\ufeff') for each in line.split(delimiter)]
            if len(titles) > 1 and any(search_key(each) in fields_by_heading() for each in titles):
                self._titles, self._delimiter = titles, delimiter
                return

    def title_of(self, line: bytes) -> str:
        """Title of the first column whose cell has letters beyond ASCII; empty if the row isn't like the heading."""
        cells = line.split(self._delimiter) if self._delimiter else []
        index = next((index for index, cell in enumerate(cells) if not cell.isascii()), len(cells))
        if index >= len(self._titles) or len(cells) > len(self._titles):
            return ""
        title = self._titles[index]
        return title if title.isascii() or search_key(title) in fields_by_heading() else ""


def encoding_of(file: IO[bytes]) -> str:
    """The encoding of the whole file: by byte order mark, else UTF-8, else Windows-1254 if that gives Turkish.

    Raises UnreadableTable with the first cells if rows are in different encodings, or in one that isn't known
    (DOS, Mac).
    """
    start = file.read(_START)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise _no_table()
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if unmarked := _unmarked_utf16(start):
        return unmarked
    heading = _Heading()
    in_utf8, in_other, unknown, only_mac = _Cells(), _Cells(), _Cells(), _Cells()
    first_is_utf8: bool | None = None
    proven = False
    for number, line in enumerate(file, start=1):
        if b"\0" in line:
            raise _no_table()
        heading.look_at(number, line)
        if line.isascii():
            continue
        if not _is_utf8(line):
            in_other.add(number, line, heading)
            first_is_utf8 = False if first_is_utf8 is None else first_is_utf8
            text = line.decode(TURKISH, "replace")
            proven = proven or bool(_PROOF.search(text))
            if not _is_turkish(line):
                unknown.add(number, line, heading)
            elif "Ü" in text:
                only_mac.add(number, line, heading)
        if _UTF8_SIGNS.search(line):
            in_utf8.add(number, line, heading)
            first_is_utf8 = True if first_is_utf8 is None else first_is_utf8
    file.seek(0)
    if in_utf8.named and in_other.named:
        raise UnreadableTable(
            _(
                "Some rows are in another encoding than the rows before them; letters of names would be damaged:"
                " %(cells)s. Save the table as “CSV UTF-8” or XLSX and upload it again."
            )
            % {"cells": in_other if first_is_utf8 else in_utf8}
        )
    if unknown.named or (only_mac.named and not proven):
        raise UnreadableTable(
            _(
                "These cells hold letters in an encoding that isn't known, perhaps of DOS or a Mac: %(cells)s."
                " Save the table as “CSV UTF-8” or XLSX and upload it again."
            )
            % {"cells": unknown if unknown.named else only_mac}
        )
    return TURKISH if in_other.named else "utf-8-sig"


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
