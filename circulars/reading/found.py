"""The reader's certainty about each field, and the field's position in the source."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from circulars.number import number_parts
from circulars.reading.letter import ReadLetter
from circulars.reading.source.places import Found, Places
from circulars.reading.text.dates import dates_in
from circulars.reading.text.folding import fold
from circulars.reading.text.recipients import is_complete

_HEAD = 8000
_NEAR = 20_000
_MOST_ITEMS = 400
_EDGE = 60
_DATE_LINES = 3000
_RULES_OF_2020 = datetime.date(2020, 6, 10)
_LOST = re.compile(r"\ufffd|(?<=[^\W\d_])\?(?=[^\W\d_])")
_MENTIONS_ATTACHMENT = re.compile(r"\b(?:ekte|ekli|ekteki|ekinde|ilisikte)\b")
_ELSEWHERE = re.compile(r"^ek listesi$|^liste$")
_TO_A_LIST = re.compile(r"^da.?itim\b")


@dataclass(frozen=True)
class Hints:
    """Facts about the reading that only the parser knows."""

    date_from_stamp: bool = False
    plain_name: bool = False
    columns: bool = False
    unplaced_notes: bool = False


def find_all(letter: ReadLetter, places: Places, lines: list[str], hints: Hints) -> dict[str, Found]:
    """Every field with its warning and its position."""
    where = _where(letter, places, lines)
    warnings = _warnings(letter, hints)
    for name in where:
        value = getattr(letter, name)
        text = "\n".join(value) if isinstance(value, list) else str(value or "")
        if name not in warnings and name != "verification_address" and _LOST.search(text):
            warnings[name] = "lost_letters"
    return {
        name: Found(name not in warnings, warnings.get(name, ""), places.spans(pieces))
        for name, pieces in where.items()
    }


def _where(letter: ReadLetter, places: Places, lines: list[str]) -> dict[str, list[tuple[int, int]]]:
    def one(value: str | None, start: int = 0, reach: int | None = _HEAD) -> list[tuple[int, int]]:
        return places.find_pieces(value, start, reach or _NEAR) if value else []

    def several(values: Iterable[str], start: int, reach: int = _NEAR) -> list[tuple[int, int]]:
        pieces: list[tuple[int, int]] = []
        at = start
        for value in list(values)[:_MOST_ITEMS]:
            found = places.find_pieces(value, at, reach)
            pieces += found
            at = found[0][1] if found else at
        return pieces

    body = _place_of_body(letter.body, places)
    after = body[0][1] if body else 0
    return {
        "issuer_lines": several(letter.issuer_lines, 0, _HEAD),
        "number": one(letter.number),
        "circular_number": one(letter.circular_number),
        "date": one(_printed_date(letter.date, lines), 0, _NEAR),
        "subject": one(letter.subject),
        "urgency": one(letter.forbidden_urgency or letter.urgency) or one((letter.urgency or "")[:5]),
        "secrecy": one(letter.secrecy),
        "addressee": one(letter.addressee),
        "references": several(letter.references, 0, _HEAD),
        "body": body,
        "due_text": one(letter.due_text, body[0][0] if body else 0, _NEAR),
        "signatory_name": one(letter.signatory_name, after),
        "signatory_title_lines": several(
            letter.signatory_title_lines, _after_name(places, letter.signatory_name, after), _HEAD
        ),
        "attachments": several(letter.attachments, after),
        "action_recipients": several(letter.action_recipients, after),
        "info_recipients": several(letter.info_recipients, after),
        "verification_code": one(letter.verification_code, 0, 10_000_000),
        "verification_address": one(letter.verification_address, 0, 10_000_000),
    }


def _after_name(places: Places, name: str | None, start: int) -> int:
    """The earliest position of the signer's titles."""
    found = places.find(name, start, _HEAD) if name else None
    return found[1] if found else start


def _place_of_body(body: str, places: Places) -> list[tuple[int, int]]:
    paragraphs = [paragraph for paragraph in body.split("\n\n") if paragraph]
    if not paragraphs:
        return []
    first = places.find(paragraphs[0][:_EDGE])
    last = places.find(paragraphs[-1][-_EDGE:], first[0] if first else 0)
    if first is None or last is None:
        return [found for found in (first, last) if found]
    return [(first[0], last[1])]


def _printed_date(date: datetime.date | None, lines: list[str]) -> str | None:
    if date is None:
        return None
    for line in lines[:_DATE_LINES]:
        for found in dates_in(line):
            if found.value == date:
                return line[found.start : found.end]
    return None


def _warnings(letter: ReadLetter, hints: Hints) -> dict[str, str]:
    """The reason for each field that the reader is not certain of."""
    expected = ["issuer_lines", "number", "date", "subject", "body", "signatory_name"]
    warnings = {name: "not_found" for name in expected if not getattr(letter, name)}
    if not letter.addressee and not letter.circular_number:
        warnings["addressee"] = "not_found"
    if not letter.verification_code and (letter.number or "").startswith("E-"):
        warnings["verification_code"] = "not_found"
    new = letter.date is None or letter.date >= _RULES_OF_2020
    if letter.number and new and number_parts(letter.number) is None:
        warnings["number"] = "old_number"
    if letter.date and hints.date_from_stamp:
        warnings["date"] = "stamp_date"
    if letter.forbidden_urgency:
        warnings["urgency"] = "forbidden_urgency"
    if letter.signatory_name and hints.plain_name:
        warnings["signatory_name"] = "plain_name"
    warnings |= _warnings_of_lists(letter, hints)
    if letter.urgency == "GÜNLÜDÜR":
        warnings |= _warning_of_due(letter)
    return warnings


def _warnings_of_lists(letter: ReadLetter, hints: Hints) -> dict[str, str]:
    warnings: dict[str, str] = {}
    for name in ("action_recipients", "info_recipients"):
        recipients = getattr(letter, name)
        if hints.columns and recipients:
            warnings[name] = "columns"
        elif not all(map(is_complete, recipients)):
            warnings[name] = "no_dative"
    to_a_list = bool(_TO_A_LIST.match(fold(letter.addressee or "")))
    if not letter.action_recipients and not letter.info_recipients and (to_a_list or not letter.addressee):
        warnings["action_recipients"] = "not_found"
    if hints.unplaced_notes:
        warnings["attachments"] = "unplaced_note"
    elif any(_ELSEWHERE.match(fold(item)) for item in letter.attachments):
        warnings["attachments"] = "list_elsewhere"
    elif not letter.attachments and _MENTIONS_ATTACHMENT.search(fold(letter.body)):
        warnings["attachments"] = "text_names_attachment"
    return warnings


def _warning_of_due(letter: ReadLetter) -> dict[str, str]:
    due = letter.due
    if due is None:
        return {"due_text": "not_found"}
    if due.working_days or due.calendar_days:
        return {"due_text": "due_in_days"}
    if due.day is None:
        return {"due_text": "due_without_day"}
    return {} if due.hour else {"due_text": "due_without_hour"}
