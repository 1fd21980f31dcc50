"""Keep what people correct in readings, if the settings say so, so that the reader can be improved.

A row has the reader's version, the field, what was read and what it is. A field that a person called right has both the
same. The letter's text is never kept, and a row is deleted with its letter.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings

from circulars.models import Circular, ReadingCorrection
from circulars.services.reading.doubts import LISTS

NEVER_KEPT = {"body"}
OWN_TABLES = {*LISTS, "reference_lines", "attachment_lines"}
Values = dict[str, str]


def values_of(circular: Circular) -> Values:
    """The text of each field of the reading, as the draft has it in the database."""
    lines = list(circular.lines.all())
    values = {
        name: "\n".join(line.text for line in lines if line.purpose == purpose)
        for name, purpose in LISTS.items()
    }
    values["reference_lines"] = "\n".join(each.text for each in circular.references.all())
    printed = circular.attachments.filter(printed=True)
    values["attachment_lines"] = "\n".join(attachment.title for attachment in printed)
    for name in circular.reading.get("fields", {}):
        if name not in OWN_TABLES and name not in NEVER_KEPT:
            value = getattr(circular, name, None)
            values[name] = "" if value is None else str(value)
    return values


def keep_corrections(*, before: Circular, read: Values, after: Circular, at: datetime) -> None:
    """Keep the fields that a person has changed or called right with this save. `read` are the values before it."""
    if not settings.KEEP_READING_CORRECTIONS:
        return
    now = values_of(after)
    for name, found, is_new in _settled(before.reading, after.reading):
        kept = ReadingCorrection.objects.filter(circular=after, field=name)
        if kept.update(corrected_value=now.get(name, "")) or not is_new:
            continue
        ReadingCorrection.objects.create(
            circular=after,
            reader_version=after.reading.get("reader", ""),
            field=name,
            read_value=read.get(name, ""),
            second_value=found.get("second", ""),
            was_sure=found.get("sure", True),
            reason=found.get("reason", ""),
            corrected_value=now.get(name, ""),
            at=at,
        )


def exported(corrections: Iterator[ReadingCorrection]) -> Iterator[dict[str, Any]]:
    """The rows as plain values, without anything that names the letter or a person."""
    for each in corrections:
        yield {
            "reader": each.reader_version,
            "field": each.field,
            "read": each.read_value,
            "second": each.second_value,
            "sure": each.was_sure,
            "reason": each.reason,
            "correct": each.corrected_value,
            "at": each.at.isoformat(),
        }


def _settled(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Fields that a person has changed or called right: name, as the reader found it, and whether that is new."""
    earlier: dict[str, dict[str, Any]] = before.get("fields", {})
    for name, found in after.get("fields", {}).items():
        if name in NEVER_KEPT or not (found.get("changed") or found.get("right")):
            continue
        was = earlier.get(name, {})
        yield name, was, not (was.get("changed") or was.get("right"))
