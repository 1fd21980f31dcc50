"""The reader's certainty about each field, and the field's position in the source."""

import dataclasses
import datetime
import re
from collections.abc import Iterable

from circulars.reading.letter import ReadLetter
from circulars.reading.source.places import Found, Places
from circulars.reading.sureness import Hints, warnings_of
from circulars.reading.text.dates import dates_in

_HEAD = 8000
_NEAR = 20_000
_MOST_ITEMS = 400
_EDGE = 60
_DATE_LINES = 3000
_WITH_DIGITS = {"number", "date", "references", "verification_code"}
_NO_FAULTS = {"body", "urgency", "secrecy", "verification_address", "due_text"}
_LOST = re.compile(r"\ufffd|(?<=[^\W\d_])\?(?=[^\W\d_])")


def find_all(
    letter: ReadLetter, places: Places, lines: list[str], hints: Hints, raw: Places | None = None
) -> dict[str, Found]:
    """Every field with its warning, its second reading and its position.

    `raw` has the words before their repair, for a text with faults of character recognition.
    """
    where = _where(letter, places, lines)
    warnings = warnings_of(letter, hints)
    for name in where:
        value = getattr(letter, name)
        text = "\n".join(value) if isinstance(value, list) else str(value or "")
        if name not in warnings and name != "verification_address" and _LOST.search(text):
            warnings[name] = "lost_letters"
        if raw is not None and name not in warnings and _doubted_if_repaired(name, letter, raw):
            warnings[name] = "repaired"
    found = {
        name: Found(
            name not in warnings, warnings.get(name, ""), places.spans(pieces), hints.seconds.get(name, "")
        )
        for name, pieces in where.items()
    }
    return {name: _doubted_if_recognised(each, hints) for name, each in found.items()}


def _doubted_if_recognised(found: Found, hints: Hints) -> Found:
    """A field on a page from character recognition is never sure, nor is one that was found nowhere."""
    if not found.sure or not hints.recognised:
        return found
    pages = {span.page for span in found.spans}
    if not pages or None in pages or pages & hints.recognised:
        return dataclasses.replace(found, sure=False, reason="repaired")
    return found


def _doubted_if_repaired(name: str, letter: ReadLetter, raw: Places) -> bool:
    """Whether a field of a text with faults of recognition was changed, or has digits, which show no faults."""
    value = getattr(letter, name)
    if not value or name in _NO_FAULTS:
        return False
    if name in _WITH_DIGITS:
        return True
    return any(raw.find(item) is None for item in (value if isinstance(value, list) else [str(value)]))


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
