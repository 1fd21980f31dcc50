"""Internal notes as pages show them: among the events, and the newest in lists.

Notes on an earlier revision of the letter, and on the unit's copy of it, are shown with the newer ones too.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

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
    """The number of notes on one recipient or letter that stand, and the newest."""

    count: int
    latest: InternalNote


@dataclass(frozen=True)
class ListNotes:
    """The notes on the rows of a list of recipients, by the delivery's id, and on their letters, by the letter's."""

    on_rows: dict[int, RowNotes]
    on_letters: dict[int, RowNotes]


def notes_of_letter(circular: Circular, user: User) -> LetterNotes:
    """The sender's notes on a letter and its recipients, in two queries; none if it was marked as without notes."""
    if not getattr(circular, "has_notes", True) and not circular.is_correction:
        return LetterNotes([], {})
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


def notes_on_rows(deliveries: Collection[Delivery], user: User) -> ListNotes:
    """The sender's notes on these recipients and their letters that the user may see; for lists of many letters.

    Two queries; notes on earlier revisions of corrected letters take a query more for each revision.
    """
    letters = {each.circular_id: each.circular for each in deliveries}
    shown_at = _shown_at(letters, earlier_revisions(letters.values()))
    rows = {(each.circular_id, each.agency_id): each.pk for each in deliveries}
    about = Q(delivery=None) | Q(delivery__agency__in={each.agency_id for each in deliveries})
    found = ListNotes({}, {})
    for note in _in_lists(shown_at, user).filter(about):
        for letter in shown_at[note.circular_id]:
            if note.delivery is None:
                _count(found.on_letters, letter, note)
            elif (row := rows.get((letter, note.delivery.agency_id))) is not None:
                _count(found.on_rows, row, note)
    return found


def notes_on_letters(
    circulars: Iterable[Circular], earlier: Mapping[int, Iterable[Circular]], user: User
) -> dict[int, RowNotes]:
    """The sender's notes on these letters as a whole that the user may see, by the letter's id. Two queries.

    `earlier` are their earlier revisions, by the letter's id.
    """
    shown_at = _shown_at([each.pk for each in circulars], earlier)
    found: dict[int, RowNotes] = {}
    for note in _in_lists(shown_at, user).filter(delivery=None):
        for letter in shown_at[note.circular_id]:
            _count(found, letter, note)
    return found


def _shown_at(letters: Iterable[int], earlier: Mapping[int, Iterable[Circular]]) -> dict[int, list[int]]:
    """The letters of a list at which the notes on each revision are shown, by the revision's id."""
    found: dict[int, list[int]] = {pk: [pk] for pk in letters}
    for pk, before in earlier.items():
        for older in before:
            found.setdefault(older.pk, []).append(pk)
    return found


def _in_lists(revisions: Iterable[int], user: User) -> InternalNoteQuerySet:
    notes = notes_visible_to(user).standing().filter(by_sender=True, circular__in=list(revisions))
    return notes.select_related("written_by", "delivery")


def _count(notes: dict[int, RowNotes], key: int, note: InternalNote) -> None:
    """Add the note, which is newer than those before it."""
    notes[key] = RowNotes(notes[key].count + 1 if key in notes else 1, note)


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
