"""The header of a letter: issuer, marks, number, date, subject, addressee (Y 10 to Y 14, Y 25, Y 26)."""

import datetime
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from circulars.reading.fields.addressee import is_addressee, is_place
from circulars.reading.fields.block.pieces import is_end_of_body
from circulars.reading.fields.head import weights
from circulars.reading.fields.head.emission import (
    Tag,
    behind_state,
    is_second_language,
    is_state_line,
    names_body,
    without_second_language,
)
from circulars.reading.fields.head.path import best_paths
from circulars.reading.fields.head.segments import Segment, segments_of
from circulars.reading.fields.marks import Marks, circular_number_of
from circulars.reading.fields.sections import next_inked
from circulars.reading.text.dates import dates_in, two_digit_year_in
from circulars.reading.text.folding import fold, is_capitals, join_lines, squeeze
from circulars.reading.text.labels import Label, label_of
from circulars.reading.text.recipients import is_complete, tidy

__all__ = ["Header", "is_number_line", "is_state_line", "read_header"]

_REGISTERED = re.compile(r"^\W*evrak tarih ve say\w*\s*:")
_OFFICIAL_GAZETTE = re.compile(r"\bresm[i1] gazete\s+say[i1]\b|\bresm[i1] gazete\s{3,}")
_DOTS = re.compile(r"[.…]{2,}|…")
_DATE_WORDS = re.compile(r"(?i)\s*(?:tarihi?\s*:?|[\w]+\s*,)\s*$")
_MAX_NUMBER = 200
_MOST_ADDRESSEES = 4
_IN_PARENTHESES = re.compile(r"\([^()]*\)?")
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_COMPARED = ("number", "circular_number", "date", "subject", "addressee", "issuer_lines")


@dataclass
class Header:
    """The fields above the body, and the index of the body's first line.

    `doubts` holds, by field, its value in the second-best reading where that is near.
    """

    issuer_lines: list[str] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)
    number: str | None = None
    circular_number: str | None = None
    date: datetime.date | None = None
    registered: datetime.date | None = None
    short_year: bool = False
    """The date was printed with a year of two digits."""
    subject: str | None = None
    addressee: str | None = None
    references: list[str] = field(default_factory=list)
    body_start: int = 0
    has_state_line: bool = False
    doubts: dict[str, str] = field(default_factory=dict)
    addressees: list[str] = field(default_factory=list)
    """The bodies that stand where the addressee does; several only where no Dağıtım lists them."""


def is_number_line(line: str) -> bool:
    """Whether it is the line of the Sayı (Y 11)."""
    found = label_of(line)
    return found is not None and found[0] is Label.NUMBER


def read_header(lines: list[str]) -> Header:
    """Read from the letterhead down to the first line of the body."""
    segments = segments_of(_without_gazette(lines), weights.MOST_LINES)
    paths = best_paths(segments)
    best = _fields(segments, paths[0].tags)
    best.addressees += _addressees_above_text(lines, best)
    for path in paths[1:]:
        if paths[0].score - path.score >= weights.MARGIN:
            break
        other = _fields(segments, path.tags)
        for name in _COMPARED:
            second = getattr(other, name)
            if second != getattr(best, name) and name not in best.doubts:
                best.doubts[name] = "\n".join(second) if isinstance(second, list) else str(second or "")
    return best


def _without_gazette(lines: list[str]) -> list[str]:
    """The lines without the head of a page of the Resmî Gazete, whose date and number are not the letter's."""
    return [
        "" if index < weights.MOST_LINES and _OFFICIAL_GAZETTE.search(fold(line)) else line
        for index, line in enumerate(lines)
    ]


def _fields(segments: Sequence[Segment], tags: Sequence[Tag]) -> Header:
    header = Header()
    subject: list[str] = []
    addressee: list[str] = []
    others: list[str] = []
    dates: list[tuple[int, datetime.date]] = []
    for segment, tag in zip(segments, tags, strict=False):
        if tag is not Tag.NOISE:
            header.body_start = max(header.body_start, segment.last + 1)
        match tag:
            case Tag.STATE:
                header.has_state_line = True
                rest = header.marks.take(behind_state(segment.text))
                header.issuer_lines = _split_by_case(rest) if rest else []
            case Tag.ISSUER:
                text = without_second_language(header.marks.take(segment.text))
                if text and not is_second_language(text):
                    header.issuer_lines += _split_by_case(text.rstrip(" :"))
            case Tag.NUMBER:
                _take_number(segment, header, dates)
            case Tag.SUBJECT | Tag.MORE:
                text = header.marks.take(segment.value if tag is Tag.SUBJECT else segment.text)
                subject.append(_without_date(text, dates))
            case Tag.CIRCULAR:
                header.circular_number = header.circular_number or circular_number_of(
                    segment.text, loose=True
                )
            case Tag.ADDRESSEE | Tag.UNIT:
                addressee.append(squeeze(_DOTS.sub(" ", without_second_language(segment.text))))
            case Tag.REFERENCE:
                header.references = list(segment.items)
            case Tag.DATE:
                _take_date(segment, header, dates)
            case Tag.MARK:
                header.marks.take(segment.text)
            case _:
                _take_noise(segment, header)
                if addressee and is_addressee(segment.text):
                    others.append(segment.text)
    parts = [part for part in subject if part.strip()]
    whole = squeeze(functools.reduce(join_lines, parts)).rstrip(" .") if parts else ""
    header.subject = whole or None
    left_out = _left_out_of_letterhead(segments, tags)
    if left_out:
        header.doubts["issuer_lines"] = "\n".join([*header.issuer_lines, *left_out])
    header.addressee = tidy(" ".join(addressee)) or None
    header.addressees = [*_bodies(addressee), *map(tidy, others)]
    if dates and header.date is None:
        header.date = min(dates)[1]
    return header


def _bodies(lines: Sequence[str]) -> list[str]:
    """The bodies of the addressee's lines: each ends in the dative and may have a unit in parentheses behind it."""
    bodies: list[str] = []
    for line in lines:
        if bodies and (line.startswith("(") or not is_complete(bodies[-1])):
            bodies[-1] += f" {line}"
        else:
            bodies.append(line)
    return [tidy(body) for body in bodies]


def _addressees_above_text(lines: list[str], header: Header) -> list[str]:
    """Addressees that stand as paragraphs of their own above the text."""
    if header.addressee is None:
        return []
    found = []
    for line in next_inked(lines, header.body_start, _MOST_ADDRESSEES):
        if not is_addressee(line) or not is_end_of_body(_IN_PARENTHESES.sub("", line).split()[-1]):
            break
        found.append(tidy(line))
    return found


def _left_out_of_letterhead(segments: Sequence[Segment], tags: Sequence[Tag]) -> list[str]:
    """Lines that stand in the letterhead, without a blank line above, and were taken for nothing."""
    if Tag.ISSUER not in tags:
        return []
    first = tags.index(Tag.ISSUER) + 1
    found = []
    for segment, tag in zip(segments[first:], tags[first:], strict=False):
        if segment.gap or tag in (Tag.NUMBER, Tag.SUBJECT, Tag.DATE):
            break
        if (
            tag is Tag.NOISE
            and segment.alone
            and segment.text.lstrip("(")[:1].isalnum()
            and not is_second_language(segment.text)
        ):
            found.append(segment.text)
    return found


def _take_noise(segment: Segment, header: Header) -> None:
    header.marks.take(segment.text)
    if _REGISTERED.match(fold(segment.text)) and header.registered is None:
        header.registered = next((found.value for found in dates_in(segment.text)), None)


def _take_date(segment: Segment, header: Header, dates: list[tuple[int, datetime.date]]) -> None:
    found = next(dates_in(segment.text), None)
    if found is not None:
        dates.append((0 if segment.label is Label.DATE else 1, found.value))
    elif (short := two_digit_year_in(segment.text)) is not None:
        header.short_year = True
        dates.append((2, short.value))


def _take_number(segment: Segment, header: Header, dates: list[tuple[int, datetime.date]]) -> None:
    """The number without the date, the place or a mark behind it."""
    value = header.marks.take(segment.value[:_MAX_NUMBER])
    found = list(dates_in(value))
    short = two_digit_year_in(value) if not found else None
    if found:
        dates.append((0, found[-1].value))
        value = _DATE_WORDS.sub("", value[: found[-1].start])
    elif short is not None and short.start > 0:
        header.short_year = True
        dates.append((2, short.value))
        value = value[: short.start]
    value = re.sub(r"(?i)\s+tarihi?\s*:.*$", "", value)
    head, _, last = value.rstrip().rpartition(" ")
    if head and is_place(last) and any(map(str.isdigit, head)):
        value = head
    header.number = squeeze(value.strip(" *,;…").rstrip(".")).translate(_HYPHENS) or None


def _without_date(text: str, dates: list[tuple[int, datetime.date]]) -> str:
    """The text without a date at its right end, which may be the letter's."""
    for found in dates_in(text):
        if not text[found.end :].strip(" .") and not dates:
            dates.append((1, found.value))
            return text[: found.start]
    return text


def _split_by_case(line: str) -> list[str]:
    """Split `MALİYE BAKANLIĞI Milli Emlak Genel Müdürlüğü` into two lines: capitals, then the unit (Y 10/2)."""
    words = squeeze(line).split()
    capitals = 0
    while capitals < len(words) and (
        is_capitals(words[capitals]) or not any(map(str.isalpha, words[capitals]))
    ):
        capitals += 1
    if not 0 < capitals < len(words) or not names_body(" ".join(words[:capitals])):
        return [" ".join(words)]
    return [" ".join(words[:capitals]), " ".join(words[capitals:])]
