"""Days as people and programs write them in a table; two possible readings are refused."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from openpyxl.utils.datetime import from_excel

from agencies.turkish import search_key

_DOTTED = re.compile(r"(\d{1,2})([.,])\s?(\d{1,2})\2\s?(\d{4}|\d{2})\.?")
_DAY_OR_MONTH_FIRST = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})")
_NAMED = re.compile(r"(\d{1,2})[\s./-]*([^\W\d_]{3,})[\s./-]*(\d{4}|\d{2})")
_TIME = re.compile(r"[T ]\d{1,2}[:.]\d{2}([:.]\d{2}([.,]\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})")
_TURKEY = ZoneInfo("Europe/Istanbul")
_SERIAL = re.compile(r"\d{5}")
_MONTHS = (
    ("ocak", "oca", "january", "jan"),
    ("subat", "sub", "february", "feb"),
    ("mart", "mar", "march"),
    ("nisan", "nis", "april", "apr"),
    ("mayis", "may"),
    ("haziran", "haz", "june", "jun"),
    ("temmuz", "tem", "july", "jul"),
    ("agustos", "agu", "august", "aug"),
    ("eylul", "eyl", "september", "sep"),
    ("ekim", "eki", "october", "oct"),
    ("kasim", "kas", "november", "nov"),
    ("aralik", "ara", "december", "dec"),
)
_MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
CENTURY_TURNS = 70
"""Two digits below this are a year of 2000, others of 1900."""


class NoDay(ValueError):
    """The text is no day."""


class TwoReadings(ValueError):
    """The text can be two different days."""


@dataclass(frozen=True)
class ReadDay:
    """A day, and whether it was not written out with its four digits of the year and its day first."""

    day: date
    inferred: bool = False


def read_day(text: str, *, epoch: datetime | None = None) -> ReadDay:
    """The day that the text writes; `epoch` is the first day of a workbook's day numbers.

    Raises NoDay or TwoReadings. 01/02/2027 and 01-02-2027 have two readings, 01.02.2027 has one.
    """
    if _ZONED.fullmatch(text):
        return _zoned_day(text)
    text = _TIME.sub("", text.strip())
    if found := _YEAR_FIRST.fullmatch(text):
        return ReadDay(_day(found[1], found[3], found[4]))
    if found := _DOTTED.fullmatch(text):
        return ReadDay(_day(found[4], found[3], found[1]), inferred=len(found[4]) == 2)
    if found := _NAMED.fullmatch(text):
        month = _MONTH_NUMBERS.get(search_key(found[2]))
        if month is not None:
            return ReadDay(_day(found[3], str(month), found[1]), inferred=len(found[3]) == 2)
    if found := _DAY_OR_MONTH_FIRST.fullmatch(text):
        return _either_first(found[1], found[3], found[4])
    if _SERIAL.fullmatch(text) and epoch is not None:
        numbered = from_excel(int(text), epoch)
        if isinstance(numbered, datetime):
            return ReadDay(_within(numbered.date()), inferred=True)
    raise NoDay


def _zoned_day(text: str) -> ReadDay:
    """The day in Turkey of a moment with its zone: 2026-12-31T21:00:00Z is 01.01.2027."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NoDay from error
    day = moment.astimezone(_TURKEY).date()
    return ReadDay(_within(day), inferred=day != moment.date())


def _either_first(one: str, two: str, year: str) -> ReadDay:
    days = set()
    for day, month in ((one, two), (two, one)):
        try:
            days.add(_day(year, month, day))
        except NoDay:
            continue
    if len(days) > 1:
        raise TwoReadings
    if not days:
        raise NoDay
    return ReadDay(days.pop(), inferred=int(two) > 12 or len(year) == 2)


def _day(year: str, month: str, day: str) -> date:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < CENTURY_TURNS else 1900
    try:
        return _within(date(number, int(month), int(day)))
    except ValueError as error:
        raise NoDay from error


def _within(day: date) -> date:
    if not 1900 <= day.year <= 2200:
        raise NoDay
    return day
