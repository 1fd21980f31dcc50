"""The header of a letter: issuer, marks, number, date, subject, addressee (Y 10 to Y 14, Y 25, Y 26)."""

import datetime
import functools
import re
from dataclasses import dataclass, field

from circulars.reading.fields.addressee import Addressee, is_addressee, is_place
from circulars.reading.fields.marks import Marks, circular_number_of, is_circular_head, is_number_alone
from circulars.reading.fields.references import is_reference_label, read_references
from circulars.reading.text.cleaning import PAGE_BREAK
from circulars.reading.text.dates import date_alone, dates_in
from circulars.reading.text.folding import fold, is_capitals, join_lines, segments, squeeze

_STATE = re.compile(r"^\W*t\s?\.\s?c\s?\.?(?=\W|$)\s*")
_NUMBER_LABEL = re.compile(r"^\W*say.?(?:si)?(?: no)?\s*:\s*|^\W*say[i]\s+(?=(?:[ezo]-\d|b\.|\d{5,}))")
_DATE_LABEL = re.compile(r"^\W*(?:ankara\W+)?tarihi?\s*:\s*")
_REGISTERED = re.compile(r"^\W*evrak tarih ve say\w*\s*:")
_SUBJECT_LABEL = re.compile(r"^\W*konu(?:su)?\s*:\s*")
_LOWER_WORD = re.compile(r"^[^A-ZÇĞİÖŞÜ]*[a-zçğıöşü]")
_MAX_SUBJECT_LINE = 75
_HEAD_REACH = 60
_MAX_NUMBER = 200


@dataclass
class Header:
    """The fields above the body, and the index of the body's first line."""

    issuer_lines: list[str] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)
    number: str | None = None
    circular_number: str | None = None
    date: datetime.date | None = None
    registered: datetime.date | None = None
    subject: str | None = None
    addressee: str | None = None
    references: list[str] = field(default_factory=list)
    body_start: int = 0
    has_state_line: bool = False


def is_state_line(line: str) -> bool:
    """Whether it is the first line of a letterhead, `T.C.` (Y 10)."""
    return bool(_STATE.match(fold(line)))


def is_number_line(line: str) -> bool:
    """Whether it is the line of the Sayı (Y 11)."""
    return bool(_NUMBER_LABEL.match(fold(line)))


def read_header(lines: list[str]) -> Header:
    """Read from the letterhead down to the first line of the body."""
    header = Header()
    index = _read_letterhead(lines, header)
    index = _read_labels(lines, index, header)
    _read_between_subject_and_text(lines, index, header)
    return header


def _read_letterhead(lines: list[str], header: Header) -> int:
    start = next((i for i, line in enumerate(lines[:_HEAD_REACH]) if is_state_line(line)), None)
    header.has_state_line = start is not None
    for line in lines[:start] if start is not None else []:
        header.marks.take(line)
        if _REGISTERED.match(fold(line)):
            header.registered = next((found.value for found in dates_in(line)), None)
    index = start or 0
    issuer: list[str] = []
    while index < len(lines) and not _is_label(lines[index]):
        line = lines[index]
        index += 1
        if line == PAGE_BREAK or not line.strip():
            continue
        if start is None and len(issuer) >= 4:
            break
        line = header.marks.take(_without_state(line))
        found = date_alone(line)
        if found:
            header.date = header.date or found
        elif is_circular_head(line) or is_number_alone(line):
            header.circular_number = header.circular_number or circular_number_of(line)
        elif line.strip() and not (issuer and is_place(line)):
            issuer.extend(_split_by_case(squeeze(line)))
    header.issuer_lines = issuer
    return index


def _without_state(line: str) -> str:
    match = _STATE.match(fold(line))
    return line[match.end() :] if match else line


def _is_label(line: str) -> bool:
    folded = fold(line)
    return any(label.match(folded) for label in (_NUMBER_LABEL, _DATE_LABEL, _SUBJECT_LABEL))


def _split_by_case(line: str) -> list[str]:
    """Split `MALİYE BAKANLIĞI Milli Emlak Genel Müdürlüğü` into two lines: capitals, then the unit (Y 10/2)."""
    words = line.split()
    capitals = 0
    while capitals < len(words) and (
        is_capitals(words[capitals]) or not any(map(str.isalpha, words[capitals]))
    ):
        capitals += 1
    if not 0 < capitals < len(words):
        return [line]
    return [" ".join(words[:capitals]), " ".join(words[capitals:])]


def _read_labels(lines: list[str], index: int, header: Header) -> int:
    """Read Sayı, Tarih and Konu in any order; stop after the Konu or at the last label."""
    end = index
    position = index
    while position < min(len(lines), index + 14):
        line = lines[position]
        folded = fold(line)
        number, subject = _NUMBER_LABEL.match(folded), _SUBJECT_LABEL.match(folded)
        if number and header.number is None:
            position = _read_number(lines, position, number.end(), header)
            end = position
        elif subject and header.subject is None:
            position = end = _read_subject(lines, position, subject.end(), header)
        elif _DATE_LABEL.match(folded):
            found = next(dates_in(line), None)
            header.date = header.date or (found.value if found else None)
            position = end = position + 1
        elif not line.strip() or line == PAGE_BREAK:
            position += 1
        elif date_alone(line) and header.subject is None:
            header.date = header.date or date_alone(line)
            position = end = position + 1
        elif header.subject is None and header.marks.is_only_marks(line):
            header.marks.take(line)
            position = end = position + 1
        else:
            break
    return end


def _read_number(lines: list[str], index: int, start: int, header: Header) -> int:
    value = lines[index][start:]
    index += 1
    if not value.strip() and index < len(lines):
        value, index = lines[index], index + 1
    value = header.marks.take(value[:_MAX_NUMBER])
    found = list(dates_in(value))
    if found:
        header.date = header.date or found[-1].value
        value = value[: found[-1].start]
    value = re.sub(r"(?i)\s*(?:tarihi?\s*:?|[\w]+\s*,)\s*$", "", value) if found else value
    value = re.sub(r"\s{2,}tarihi?\s*:.*$", "", value, flags=re.IGNORECASE)
    value = value.strip(" *,;…").rstrip(".")
    if value.endswith(("-", "/")) and index < len(lines) and re.match(r"^\s*[\d.]+\S*\s*$", lines[index]):
        value, index = value + lines[index].strip(), index + 1
    header.number = squeeze(value) or None
    return index


def _read_subject(lines: list[str], index: int, start: int, header: Header) -> int:
    first = header.marks.take(lines[index][start:])
    column = len(lines[index]) - len(lines[index][start:].lstrip())
    parts = [_without_date(first, header)]
    index += 1
    while index < len(lines) and len(parts) < 4 and _continues_subject(lines[index], parts, column):
        parts.append(_without_date(lines[index], header))
        index += 1
    subject = squeeze(functools.reduce(join_lines, parts)).rstrip(" .")
    header.subject = subject or None
    return index


def _without_date(text: str, header: Header) -> str:
    """The text without a date at its right end, which is stored in the header."""
    for found in dates_in(text):
        if header.date is None and not text[found.end :].strip(" ."):
            header.date = found.value
            return text[: found.start]
    return text


def _continues_subject(line: str, parts: list[str], column: int) -> bool:
    """Whether the line continues the Konu, which wraps into short lines before the page's middle (Y 13)."""
    text = line.strip()
    if not text or line == PAGE_BREAK or len(squeeze(text)) > _MAX_SUBJECT_LINE:
        return False
    if not parts[0].strip():
        return True
    indent = len(line) - len(line.lstrip())
    if indent > column + 12 or text.endswith((".", ":")) or text.startswith("("):
        return _continues_parenthesis(text, parts)
    if (
        _is_label(line)
        or is_reference_label(line)
        or is_circular_head(line)
        or is_number_alone(line)
        or date_alone(line)
    ):
        return False
    if is_addressee(line) and not _LOWER_WORD.match(text):
        return False
    remark = is_capitals(text) and not is_capitals(parts[-1])
    return not remark and not Marks().is_only_marks(line)


def _continues_parenthesis(text: str, parts: list[str]) -> bool:
    whole = " ".join(parts)
    return whole.count("(") > whole.count(")") or (
        text.startswith("(") and text.endswith(")") and len(text) < 40
    )


def _read_between_subject_and_text(lines: list[str], index: int, header: Header) -> None:
    addressee = Addressee()
    awaiting_number = False
    while index < len(lines):
        line = lines[index]
        if not line.strip() or line == PAGE_BREAK:
            index += 1
            continue
        if is_reference_label(line):
            header.references, index = read_references(lines, index)
            break
        if header.marks.is_only_marks(line):
            header.marks.take(line)
        elif date_alone(line):
            header.date = header.date or date_alone(line)
        elif is_circular_head(line) or (
            is_number_alone(line) and (awaiting_number or not header.circular_number)
        ):
            header.circular_number = header.circular_number or circular_number_of(line)
            awaiting_number = header.circular_number is None
        elif not addressee.take(line, _following(lines, index)) and not _is_remark(line):
            break
        index += 1
    header.addressee = addressee.text()
    header.body_start = index


def _is_remark(line: str) -> bool:
    """Whether it is a short remark in capitals that is no addressee, such as `DOSYA`."""
    text = squeeze(line)
    return (
        is_capitals(text) and len(text.split()) <= 3 and not text.endswith(".") and len(segments(line)) == 1
    )


def _following(lines: list[str], index: int) -> str:
    return lines[index + 1] if index + 1 < len(lines) else ""
