"""The time limit of a GÜNLÜDÜR letter (Y 26/2): a date, with a time if stated, or a number of working days."""

import datetime
import re
from dataclasses import dataclass

from circulars.reading.text.dates import dates_in
from circulars.reading.text.folding import fold

_HOUR = re.compile(r"saat:? ?(\d{1,2})[.:](\d{2})")
_DAYS = re.compile(
    r"(?:^|\s)(\d{1,3}|[a-z]{2,6}(?: bes)?)(?: ?\(([^()]{1,20})\))? (is gunu|gun|hafta|ay|saat) "
)
_WORDS = {
    "bir": 1,
    "iki": 2,
    "uc": 3,
    "dort": 4,
    "bes": 5,
    "alti": 6,
    "yedi": 7,
    "sekiz": 8,
    "dokuz": 9,
    "on": 10,
    "on bes": 15,
    "yirmi": 20,
    "otuz": 30,
}
_DAYS_IN = {"is gunu": 1, "gun": 1, "hafta": 7}


@dataclass(frozen=True)
class Due:
    """The wording of the limit and its value; a number of days is not converted to a date."""

    text: str
    day: datetime.date | None = None
    hour: datetime.time | None = None
    working_days: int | None = None
    calendar_days: int | None = None


def read_due(text: str | None) -> Due | None:
    """Parse the wording of the time limit."""
    if not text:
        return None
    folded = fold(text)
    day = next((found.value for found in dates_in(text)), None)
    if day is not None:
        return Due(text, day, _hour(folded))
    match = _DAYS.search(folded + " ")
    count = _count(match[1]) or _count(match[2] or "") if match else None
    if match is None or count is None or match[3] not in _DAYS_IN:
        return Due(text)
    if match[3] == "is gunu":
        return Due(text, working_days=count)
    return Due(text, calendar_days=count * _DAYS_IN[match[3]])


def _count(word: str) -> int | None:
    return int(word) if word.isdecimal() else _WORDS.get(word.strip())


def _hour(folded: str) -> datetime.time | None:
    match = _HOUR.search(folded)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return datetime.time(int(match[1]), int(match[2]))
