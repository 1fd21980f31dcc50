"""Attachments (Ek, Y 18): one on the heading's line, several numbered, or on a page `EK LİSTESİ`."""

import itertools
import re
from dataclasses import dataclass

from circulars.reading.fields.sections import Kind, Section
from circulars.reading.text.cleaning import PAGE_BREAK
from circulars.reading.text.folding import fold, is_capitals, segments, squeeze

_MARK = re.compile(
    r"^\s*(?:[Ee][Kk] ?[-/]? ?(?P<own>\d{1,3}) ?[-–:.)]+|[Ee][Kk](?: ?[-/] ?| )(?P<plain>\d{1,3}) (?!adet|sayfa|takım)"
    r"|\(?(?P<listed>\d{1,3}) ?[.)]-?|(?P<dashed>\d{1,3}) ?[-–:]|[Ee][Kk] ?[-/] ?[A-ZÇĞİÖŞÜ](?:[-–:.)]| )"
    r"|[a-zçğıöşü]\)|[-–•·▪►●○*])\s*(?=\S)"
)
_ONLY_COUNT = re.compile(r"^\W*(\d{1,2}) ?(?:adet|ad\.|kalem)(?: ek)?(?:tir|dir)?\W*$")
"""`Ek: 3 adet` above the list of the three."""
_INNER_MARK = re.compile(r"(?<=\)) +(?=(?:[Ee][Kk] ?[-/]? ?)?\d{1,2} ?[-–.):] ?\S)")
_BARE_NUMBER = re.compile(
    r"^\s*(\d{1,2}) +(?=[^\W\d_])(?!(?:adet|sayfa|sf|takim|cd|dvd|nusha|pafta|dosya|kitap)\b)"
)
"""`1 Rapor`: a number without a full stop, if it doesn't count what follows."""
_NEXT_BARE_NUMBER = re.compile(r" +[/;] +(?=\d{1,2} +[^\W\d_])")
_STOP = re.compile(
    r"^\W*(?:not\s*:|ek ?[-/]? ?\d{1,2}\s*$|\(\*|bilgi\s*:|geregi\s*:|(?:koordinasyon|paraf[a-z]{0,3})\s*(?::|$)"
    r"|olur$|t\.c\."
    r"|asli gibi|guvenli elek|bu sayfa|etiketler|©"
    r"|e-?imza)"
)
_STAMP = re.compile(
    r"^\W*(?:hizmete ozel|gizli|cok gizli|kisiye ozel|guvenli elektronik imzali.*|asli ile ayni.*)\W*$"
)
_COUNT_AT_END = re.compile(r"\([^()]*\)\s*[.,;]?$|\b\d+ (?:sayfa|adet|sf|takim)[a-z ]*\.?$")
_NONE = re.compile(r"^(?:yok|yoktur|-+)\W*$")
_MAX_LINE = 160
_MAX_ITEM = 500


@dataclass(frozen=True)
class Attachments:
    """The printed attachments; `miscounted` if their numbers or their stated count don't agree with them."""

    items: list[str]
    miscounted: bool = False


def read_attachments(sections: list[Section]) -> Attachments:
    """The attachments; the items of an `EK LİSTESİ` page replace `Ek: Ek Listesi` (Y 18/4)."""
    for kind in (Kind.ATTACHMENT_LIST, Kind.ATTACHMENTS):
        read = [_read(section) for section in sections if section.kind is kind]
        items = [item for each in read for item in each.items]
        if items:
            return Attachments(items, any(each.miscounted for each in read))
    return Attachments([])


def _read(section: Section) -> Attachments:
    rows = _with_full_stops(_rows(section.lines))
    stated = section.stated
    if len(rows) > 1 and (count := _ONLY_COUNT.match(fold(rows[0]))):
        stated, rows = int(count[1]), rows[1:]
    items = _items(rows)
    numbers = [number for row in rows if (number := _number_of(row)) is not None]
    return Attachments(
        items, _jumps(numbers) or (stated is not None and bool(items) and stated != len(items))
    )


def _number_of(row: str) -> int | None:
    match = _MARK.match(row)
    printed = next(filter(None, match.groups()), None) if match else None
    return int(printed) if printed else None


def _jumps(numbers: list[int]) -> bool:
    return bool(numbers) and (
        numbers[0] != 1 or any(two != one + 1 for one, two in itertools.pairwise(numbers))
    )


def _items(rows: list[str]) -> list[str]:
    numbered = any(_MARK.match(row) for row in rows)
    items: list[str] = []
    for row in rows:
        match = _MARK.match(row)
        text = row[match.end() :] if match else row
        if items and not match and (numbered or _continues(items[-1], text)):
            if len(items[-1]) > _MAX_ITEM:
                break
            if numbered and _COUNT_AT_END.search(fold(items[-1])) and not _continues(items[-1], text):
                break
            items[-1] += (
                "" if re.search(r"\w-$", items[-1][-2:]) and text.strip()[:1].islower() else " "
            ) + text.strip()
        else:
            items.append(text.strip())
    tidy = [squeeze(item).rstrip(" ,;") for item in items]
    return [item for item in tidy if item and not _NONE.match(fold(item))]


def _with_full_stops(rows: list[str]) -> list[str]:
    """The rows with a full stop behind numbers that run from one and have none; ` / ` parts them on one line."""
    parts = [part for row in rows for part in _NEXT_BARE_NUMBER.split(row)]
    numbers = [int(match[1]) for part in parts if (match := _BARE_NUMBER.match(fold(part)))]
    if (
        len(numbers) < 2
        or numbers != list(range(1, len(numbers) + 1))
        or not _BARE_NUMBER.match(fold(parts[0]))
    ):
        return rows
    return [
        f"{match[1]}. {part[match.end() :]}" if (match := _BARE_NUMBER.match(fold(part))) else part
        for part in parts
    ]


def _rows(lines: list[str]) -> list[str]:
    rows: list[str] = []
    gap = turned = False
    seen: set[int | None] = set()
    for line in lines:
        below_gap, gap = gap, line == PAGE_BREAK or not line.strip()
        if line == PAGE_BREAK or not line.strip() or _STAMP.match(fold(line)):
            if line == PAGE_BREAK and rows and not any(_MARK.match(row) for row in rows):
                break
            turned = turned or (line == PAGE_BREAK and bool(rows))
            continue
        number = _number_of(line)
        if turned and number is not None and number in seen:
            break  # the title of an annex
        seen.add(number)
        if _STOP.match(fold(line)) or (len(line.strip()) > _MAX_LINE and not _INNER_MARK.search(line)):
            break
        if rows and below_gap and is_capitals(line) and not _MARK.match(line) and len(segments(line)) == 1:
            break
        rows += _INNER_MARK.sub("\n", squeeze(line)).split("\n")
    return rows


def _continues(item: str, text: str) -> bool:
    """Whether an unnumbered line continues the previous item."""
    text = text.strip()
    if len(item) > _MAX_ITEM:
        return False
    if text.startswith("(") and not _COUNT_AT_END.search(fold(item)):
        return True
    return text[:1].islower() or item.count("(") > item.count(")") or item.endswith((",", " ve", "-"))
