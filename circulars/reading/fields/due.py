"""The time limit of a GÜNLÜDÜR letter (Y 26/2): a date, with a time if stated, or a number of days or months."""

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache

import holidays

from circulars.reading.text.dates import MONTHS, dates_in
from circulars.reading.text.folding import fold, squeeze
from circulars.reading.text.numerals import NUMERAL, value_of

CLOSE_OF_BUSINESS = datetime.time(17, 30)
CLOSE_ON_HALF_DAYS = datetime.time(13, 0)

_DATE = r"(?:\d{1,2} ?[./-] ?\d{1,2} ?[./-] ?\d{4}|\d{1,2} [^\W\d_]{3,10} \d{4})"
_MONTH = "(?:" + "|".join(MONTHS) + ")"
_DAY_AND_MONTH = rf"(?<![\d.])\d{{1,2}} {_MONTH}(?! ?\d{{4}})"
_SUFFIX = r"(?:'?[a-z]{1,5})?"
_DAY_OF_WEEK = r"(?:,? (?:pazartesi|sali|carsamba|persembe|cuma))?"
_BEHIND = r"(?: tarihi?(?:ne|nde)?| gunu(?:ne|nde)?)?"
_HOUR_WORDS = r"(?: ?,? ?saat:? ?\d{1,2}[.:]\d{2}'?[a-z]{0,3})?"
_CLOSE = r"(?: mesai (?:saati )?(?:bitimi|sonu)\w*)?"
_BY_DATE = re.compile(
    rf"(?:en gec )?{_DATE}{_DAY_OF_WEEK}{_SUFFIX}{_BEHIND}{_HOUR_WORDS}{_CLOSE} (?:kadar|itibariyla)"
)
_LATEST = re.compile(rf"en gec {_DATE}{_DAY_OF_WEEK}{_BEHIND}{_CLOSE}(?: kadar)?")
_BETWEEN = re.compile(rf"{_DATE}{_SUFFIX}(?: ?- ?| ile | ve ){_DATE}{_SUFFIX} (?:tarihleri|gunleri) arasi\w*")
_BY_DAY = re.compile(
    rf"(?:en gec )?{_DAY_AND_MONTH}{_DAY_OF_WEEK}{_SUFFIX}{_BEHIND}{_HOUR_WORDS}{_CLOSE} kadar"
)
_COUNT = rf"(?:\d{{1,3}}|{NUMERAL})(?: ?\([^()]{{1,20}}\))?"
_WITHIN = re.compile(
    rf"(?:en gec )?(?<!\w){_COUNT} (?:is gunu|gun|hafta|ay|saat) (?:icinde|icerisinde|zarfinda)"
)
_HOUR = re.compile(r"saat:? ?(\d{1,2})[.:](\d{2})")
_CLOSES = re.compile(r"\bmesai (?:saati )?(?:bitimi|sonu)")
_SPAN = re.compile(rf"(?:^|\s)(\d{{1,3}}|{NUMERAL})(?: ?\(([^()]{{1,20}})\))? (is gunu|gun|hafta|ay|saat) ")
_SHORT_DAY = re.compile(rf"(\d{{1,2}}) ({_MONTH})")
_RANGE_DASH = re.compile(r"(?<=\d{4})[-–](?=\d)")
_DAYS_IN = {"gun": 1, "hafta": 7}


@dataclass(frozen=True)
class Due:
    """The wording of the limit and its value; a number of days or months is not converted to a date.

    `closes`: the hour is the close of business that the wording names, not a printed one.
    """

    text: str
    day: datetime.date | None = None
    hour: datetime.time | None = None
    working_days: int | None = None
    calendar_days: int | None = None
    months: int | None = None
    closes: bool = False


def find_due_text(body: str) -> str | None:
    """The wording of the time limit: `en geç 14.03.2025 tarihine kadar`, `5 (beş) iş günü içinde`."""
    text = squeeze(body)
    folded = fold(text)
    for pattern in (_LATEST, _BETWEEN, _BY_DATE, _BY_DAY, _WITHIN):
        found = list(pattern.finditer(folded))
        if found:
            longer = _BY_DATE.search(folded, found[-1].start())
            match = longer if longer and longer.start() == found[-1].start() else found[-1]
            return text[match.start() : match.end()]
    return None


def read_due(text: str | None, sent: datetime.date | None = None) -> Due | None:
    """Parse the wording of the time limit; of a range its end. `sent` gives the year where none is printed."""
    if not text:
        return None
    folded = fold(text)
    days = [found.value for found in dates_in(_RANGE_DASH.sub(" - ", text))]
    day = days[-1] if days else _day_of_year(folded, sent)
    if day is not None:
        hour = _hour(folded)
        closes = hour is None and bool(_CLOSES.search(folded))
        return Due(text, day, _close_of(day) if closes else hour, closes=closes)
    match = _SPAN.search(folded + " ")
    count = (value_of(match[1]) or value_of(match[2] or "")) if match else None
    if match is None or count is None:
        return Due(text)
    if match[3] == "is gunu":
        return Due(text, working_days=count)
    if match[3] == "ay":
        return Due(text, months=count)
    return Due(text, calendar_days=count * _DAYS_IN[match[3]]) if match[3] in _DAYS_IN else Due(text)


def _day_of_year(folded: str, sent: datetime.date | None) -> datetime.date | None:
    """The next such day after the letter was sent."""
    match = _SHORT_DAY.search(folded)
    if match is None or sent is None:
        return None
    for year in (sent.year, sent.year + 1):
        try:
            day = datetime.date(year, MONTHS.index(match[2]) + 1, int(match[1]))
        except ValueError:
            continue
        if day >= sent:
            return day
    return None


def _close_of(day: datetime.date) -> datetime.time:
    return CLOSE_ON_HALF_DAYS if day in _half_days(day.year) else CLOSE_OF_BUSINESS


@lru_cache(maxsize=16)
def _half_days(year: int) -> frozenset[datetime.date]:
    """The half days of a year: 28 October and the eves of the religious holidays (Law 2429)."""
    return frozenset(holidays.country_holidays("TR", years=year, categories=("half_day",), language="tr"))


def _hour(folded: str) -> datetime.time | None:
    match = _HOUR.search(folded)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return datetime.time(int(match[1]), int(match[2]))
