"""Dates as letters print them (Y 12/1): `gg.aa.yyyy`, `13/8/2016`, `10 Ekim 2019`."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from circulars.reading.text.folding import fold

MONTHS = (
    "ocak",
    "subat",
    "mart",
    "nisan",
    "mayis",
    "haziran",
    "temmuz",
    "agustos",
    "eylul",
    "ekim",
    "kasim",
    "aralik",
)
_NUMERIC = re.compile(r"(?<![\d.\-/])(\d{1,2}) ?([./-]) ?(\d{1,2}) ?\2 ?(\d{4})(?!\d)")
_IN_WORDS = re.compile(r"(?<!\d)(\d{1,2})[ .]{1,3}(" + "|".join(MONTHS) + r")[ .,]{1,3}(\d{4})(?!\d)")
_SHORT_YEAR = re.compile(r"(?<![\d.\-/])(\d{1,2})([./])(\d{1,2})\2(\d{2})(?=\W*$)")
_ALONE = re.compile(r"^\W*(?:tarihi?\W*)?(?:[a-z]{3,15} ?, ?)?$")
_MAX_DATE_LINE = 80
_FIRST_SHORT_YEAR = 70
_AFTER = re.compile(r"^\W*(?:\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)?\W*$")


@dataclass(frozen=True)
class FoundDate:
    """A date and its position in the text."""

    value: datetime.date
    start: int
    end: int


def dates_in(text: str) -> Iterator[FoundDate]:
    """Every valid calendar date in the text; impossible dates are skipped."""
    folded = fold(text)
    for match in _NUMERIC.finditer(folded):
        yield from _checked(match, int(match[4]), int(match[3]), int(match[1]))
    for match in _IN_WORDS.finditer(folded):
        yield from _checked(match, int(match[3]), MONTHS.index(match[2]) + 1, int(match[1]))


def date_alone(line: str) -> datetime.date | None:
    """The date of a line with nothing besides but a place, a label or a time; else None."""
    line = line.strip()
    for found in dates_in(line) if len(line) <= _MAX_DATE_LINE else ():
        if _ALONE.match(fold(line[: found.start])) and _AFTER.match(line[found.end :]):
            return found.value
    return None


def two_digit_year_in(text: str) -> FoundDate | None:
    """A date with a year of two digits at the end of the text: `24.11.26`; a reading to be doubted."""
    match = _SHORT_YEAR.search(text)
    if match is None or (match.start() and not text[match.start() - 1].isspace()):
        return None
    year = int(match[4])
    century = 2000 if year < _FIRST_SHORT_YEAR else 1900
    return next(_checked(match, century + year, int(match[3]), int(match[1])), None)


def _checked(match: re.Match[str], year: int, month: int, day: int) -> Iterator[FoundDate]:
    if not 1900 <= year <= 2200:
        return
    try:
        value = datetime.date(year, month, day)
    except ValueError:
        return
    yield FoundDate(value, match.start(), match.end())
