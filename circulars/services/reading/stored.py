"""The reader's result as it is stored with the draft and shown during its review."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from circulars.files.page_and_file import END_OF_DAY, printed_in
from circulars.models import Attachment, Circular, Reference
from circulars.reading import ReadLetter
from circulars.reading.fields.citation import read_cited, read_extent
from circulars.reading.version import READER_VERSION

FORM_FIELDS = {
    "references": "reference_lines",
    "attachments": "attachment_lines",
    "action_recipients": "action_lines",
    "info_recipients": "information_lines",
    "signatory_title_lines": "signatory_titles",
    "due_text": "due_at",
}
"""Form field by reader field, where the names differ."""


def reading_of(letter: ReadLetter, page_sizes: list[list[float]]) -> dict[str, Any]:
    """The reading as JSON: warnings and positions by form field, and values without a field.

    `pages` are the page sizes of a PDF, also for a scan without text. `printed` is what the page is compared with.
    `unread` are the parts of pages that could not be read, `changed_parts` those of an e-Yazışma package that aren't as
    they were signed. `asks` is True where the values of the draft are those of the reading; where the file was chosen
    later, it lists the fields about whose values an earlier reading's doubts are left. A version that asked about
    nothing stored none, so that its letters aren't held up.
    """
    due = letter.due
    return {
        "readable": letter.readable,
        "fields": {
            FORM_FIELDS.get(name, name): {
                "sure": found.sure,
                "reason": found.reason,
                "spans": [_span(span.line, span.page, span.box) for span in found.spans],
                **({"second": found.second.replace("\x00", "")} if found.second else {}),
            }
            for name, found in letter.found.items()
        },
        "reader": READER_VERSION,
        "asks": True,
        "unread": [{"page": part.page, "reason": part.reason} for part in letter.unread],
        "changed_parts": [name.replace("\x00", "") for name in letter.changed_parts],
        "pages": page_sizes,
        "contact": letter.contact_lines,
        "other_signers": [[signer.name, *signer.titles] for signer in letter.other_signers],
        "forbidden_urgency": letter.forbidden_urgency or "",
        "due": letter.due_text or "",
        "due_working_days": due.working_days if due else None,
        "due_calendar_days": due.calendar_days if due else None,
        "printed": printed_in(letter),
    }


def due_moment(letter: ReadLetter) -> datetime | None:
    """The due time of a GÜNLÜDÜR letter that states a date; without a time, the end of that day (Y 26/2)."""
    due = letter.due
    if due is None or due.day is None:
        return None
    return timezone.make_aware(datetime.combine(due.day, due.hour or END_OF_DAY))


def cite(*, circular: Circular, lines: Sequence[str]) -> list[Reference]:
    """References for these lines of İlgi, each linked to the recorded letter if it is unambiguous."""
    cited = [read_cited(line) for line in lines]
    recorded = _recorded([citation.number for citation in cited if citation.number], circular)
    return [
        Reference(
            circular=circular,
            position=position,
            text=line,
            number=(citation.number or "")[:120],
            date=citation.date,
            target_id=_meant(recorded, citation.number, citation.date),
        )
        for position, (line, citation) in enumerate(zip(lines, cited, strict=True))
    ]


def measured(attachment: Attachment) -> Attachment:
    """The attachment with the count and kind that its title states (Y 18)."""
    extent = read_extent(attachment.title)
    attachment.count = extent.count if extent else None
    attachment.kind = extent.kind if extent else ""
    return attachment


def without_settled(reading: dict[str, Any], changed: Iterable[str]) -> dict[str, Any]:
    """The reading without the warnings of fields that a person has changed.

    A due time is settled whichever of its fields was changed.
    """
    fields = reading.get("fields", {})
    names = {"due_at" if name in {"due_kind", "due_working_days"} else name for name in changed}
    settled = {
        name: {**fields[name], "sure": True, "reason": "", "changed": True}
        for name in names
        if name in fields
    }
    return {**reading, "fields": {**fields, **settled}} if settled else reading


def _recorded(numbers: Sequence[str], citing: Circular) -> dict[str, list[tuple[int, date | None, bool]]]:
    recorded: dict[str, list[tuple[int, date | None, bool]]] = {}
    rows = (
        Circular.objects.filter(number__in=numbers, corrects=None).exclude(pk=citing.pk)
        if numbers
        else Circular.objects.none()
    )
    for number, pk, day, in_use in rows.order_by("pk").values_list("number", "pk", "date", "number_in_use"):
        recorded.setdefault(number, []).append((pk, day, in_use))
    return recorded


def _meant(
    recorded: dict[str, list[tuple[int, date | None, bool]]], number: str | None, day: date | None
) -> int | None:
    """The only letter with this number in the cited year, or of several the only one of that date or in force."""
    same = recorded.get(number or "", [])
    if day is not None:
        same = [each for each in same if each[1] is None or each[1].year == day.year]
    if len(same) > 1:
        same = [each for each in same if each[1] == day]
    if len(same) > 1:
        same = [each for each in same if each[2]]
    return same[0][0] if len(same) == 1 else None


def _span(line: int, page: int | None, box: tuple[float, float, float, float] | None) -> dict[str, Any]:
    if page is None or box is None:
        return {"line": line}
    return {"line": line, "page": page, "box": [round(edge, 1) for edge in box]}
