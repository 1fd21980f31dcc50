"""Parse a line of İlgi (the cited letter, Y 15) or Ek (count and kind of the attachment, Y 18)."""

import datetime
import re
from dataclasses import dataclass

from circulars.reading.text.dates import dates_in
from circulars.reading.text.folding import fold

_NUMBERED = re.compile(r"(?<!\S)(\S{1,80}) sayili\b(?! resmi gazete)")
_KIND = {
    "sayfa": "sheets",
    "sf": "sheets",
    "syf": "sheets",
    "yaprak": "sheets",
    "adet": "pieces",
    "takim": "pieces",
    "pafta": "pieces",
    "cilt": "pieces",
    "dosya": "pieces",
    "klasor": "pieces",
    "cd": "cd",
    "dvd": "cd",
    "usb": "cd",
    "disk": "cd",
}
_COUNT = re.compile(r"(?:^|[\s(])(\d{1,5}) ?(" + "|".join(_KIND) + r")\b\.?([^()]{0,30})")
_CARRIER = re.compile(r"\b(?:cd|dvd|usb|disk)\b")
_TAIL = 80


@dataclass(frozen=True)
class Cited:
    """Number and date of a cited letter."""

    number: str | None = None
    date: datetime.date | None = None


@dataclass(frozen=True)
class Extent:
    """Extent of an attachment: a number of sheets, pieces, or data carriers (`cd`)."""

    count: int
    kind: str


def read_cited(reference: str) -> Cited:
    """The letter that a reference cites; laws and regulations (`5393 sayılı Kanun`) have no date."""
    date = next(dates_in(reference), None)
    if date is None:
        return Cited()
    match = _NUMBERED.search(fold(reference), date.end)
    number = reference[match.start(1) : match.end(1)].strip(" *,;") if match else ""
    return Cited(number if any(map(str.isdigit, number)) else None, date.value)


def read_extent(attachment: str) -> Extent | None:
    """The last count in the line: `(2 Sayfa)`, `(1 Adet CD)`, `(6 Pafta)`."""
    found = list(_COUNT.finditer(fold(attachment[-_TAIL:])))
    if not found:
        return None
    match = found[-1]
    kind = "cd" if _CARRIER.search(match[3]) else _KIND[match[2]]
    return Extent(int(match[1]), kind)
