"""Internal notes as pages show them: among the events, and the newest in lists.

Notes on an earlier revision of the letter, and on the unit's copy of it, are shown with the newer ones too.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agencies.models import User
from circulars.models import Circular
from circulars.services.correct import revisions_before
from distribution.models import Delivery, InternalNote
from distribution.models.deliveries.internal_note import InternalNoteQuerySet
from distribution.queries.sending.board import LineFigures, earlier_revisions
from distribution.visibility import notes_visible_to


@dataclass(frozen=True)
class ShownNote:
    """One note in a history. `revision` is the number of the earlier revision on which it was written."""

    at: datetime
    note: InternalNote
    may_strike: bool
    revision: int | None


@dataclass(frozen=True)
class LetterNotes:
    """The sender's notes on the whole letter, and the newest that stands on each recipient, by unit id."""

    on_letter: list[ShownNote]
    latest: dict[int, InternalNote]


@dataclass(frozen=True)
class RowNotes:
    """The number of notes on one recipient that stand, and the newest."""

    count: int
    latest: InternalNote


def notes_of_letter(circular: Circular, user: User) -> LetterNotes:
    """The sender's notes on a letter and its recipients, in two queries."""
    notes = list(_of_revisions(circular, user).filter(by_sender=True).select_related("delivery"))
    return LetterNotes(
        on_letter=[_shown(note, circular, user) for note in notes if note.delivery is None],
        latest={
            note.delivery.agency_id: note
            for note in notes
            if note.delivery is not None and note.struck_at is None
        },
    )


def notes_on_recipient(delivery: Delivery, user: User) -> list[ShownNote]:
    """The sender's notes on this recipient."""
    return _on_copy(delivery, user, by_sender=True)


def notes_on_own_copy(delivery: Delivery, user: User) -> list[ShownNote]:
    """The recipient's notes on its own copy."""
    return _on_copy(delivery, user, by_sender=False)


def _on_copy(delivery: Delivery, user: User, *, by_sender: bool) -> list[ShownNote]:
    found = _of_revisions(delivery.circular, user)
    notes = found.filter(by_sender=by_sender, delivery__agency=delivery.agency_id)
    return [_shown(note, delivery.circular, user) for note in notes]


def among(events: Iterable[Any], notes: Iterable[Any], *, latest_first: bool = False) -> list[Any]:
    """One history of the events, whose order is kept, and what the unit alone sees. Each has a moment `at`."""
    history = list(events)
    if latest_first:
        history.reverse()
    for note in notes:
        before = [place for place, each in enumerate(history, start=1) if each.at <= note.at]
        history.insert(before[-1] if before else 0, note)
    if latest_first:
        history.reverse()
    return history


def with_latest_notes(deliveries: Iterable[Delivery], notes: dict[int, InternalNote]) -> list[Delivery]:
    """The deliveries with `latest_note` set."""
    found = list(deliveries)
    for delivery in found:
        delivery.latest_note = notes.get(delivery.agency_id)
    return found


def notes_on_rows(deliveries: Collection[Delivery], user: User) -> dict[int, RowNotes]:
    """The sender's notes on these recipients that the user may see, by the delivery's id; for lists of many letters.

    Two queries; notes on earlier revisions of corrected letters take a query more for each revision.
    """
    letters = {each.circular_id: each.circular for each in deliveries}
    revisions: dict[int, list[int]] = {pk: [pk] for pk in letters}
    for pk, before in earlier_revisions(letters.values()).items():
        for older in before:
            revisions.setdefault(older.pk, []).append(pk)
    rows = {(each.circular_id, each.agency_id): each.pk for each in deliveries}
    units = {each.agency_id for each in deliveries}
    notes = notes_visible_to(user).standing().filter(by_sender=True, circular__in=list(revisions))
    found: dict[int, RowNotes] = {}
    for note in notes.filter(delivery__agency__in=units).select_related("written_by", "delivery"):
        assert note.delivery is not None
        for letter in revisions[note.circular_id]:
            row = rows.get((letter, note.delivery.agency_id))
            if row is not None:
                found[row] = RowNotes(found[row].count + 1 if row in found else 1, note)
    return found


def mark_lines(lines: Iterable[LineFigures], circular: Circular, notes: dict[int, InternalNote]) -> None:
    """Set the newest note of a line for a single unit, and for other lines the number of units with a note."""
    noted = Counter(
        note.delivery.line_id
        for note in notes.values()
        if note.delivery is not None and note.circular_id == circular.pk
    )
    for line in lines:
        line.noted = noted[line.line.pk]
        if line.delivery is not None:
            with_latest_notes([line.delivery], notes)


def _shown(note: InternalNote, circular: Circular, user: User) -> ShownNote:
    earlier = note.circular.revision_number if note.circular_id != circular.pk else None
    return ShownNote(note.written_at, note, note.written_by_id == user.pk and note.struck_at is None, earlier)


def _of_revisions(circular: Circular, user: User) -> InternalNoteQuerySet:
    """Notes that the user may see on the letter and its earlier revisions, oldest first."""
    revisions = [circular.pk, *(each.pk for each in revisions_before(circular))]
    notes = notes_visible_to(user).filter(circular__in=revisions)
    return notes.select_related("written_by", "written_for", "circular").defer(
        "circular__body", "circular__source_text", "circular__reading"
    )
