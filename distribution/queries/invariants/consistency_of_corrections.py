"""Invariants of corrections of contact details."""

from collections.abc import Collection, Iterable, Iterator

from agencies.models import ContactCorrection, ContactField, CorrectionEnd
from agencies.models.maintenance import ChangeKind, DirectoryChange
from distribution.queries.invariants.consistency_of_notices import BY_HAND, Finding, Found

Changes = list[DirectoryChange]


def check_corrections(corrections: Collection[ContactCorrection]) -> Iterator[Finding]:
    """Check corrections with their units. One query for any number."""
    changes = _changes({each.agency_id for each in corrections})
    for each in corrections:
        of_unit = changes.get(each.agency_id, [])
        for found in (_state(each), _decision(each), _history(each, of_unit), _value(each, of_unit)):
            for what, problem, mend in found:
                yield Finding(what, f"correction {each.pk} of unit {each.agency_id}", problem, mend)


def _changes(units: Iterable[int]) -> dict[int, Changes]:
    """Recorded changes of contact details by unit, the oldest first."""
    kinds = (ChangeKind.CONTACT, ChangeKind.IMPORTED)
    found: dict[int, Changes] = {}
    for change in DirectoryChange.objects.filter(agency__in=list(units), kind__in=kinds).order_by("at", "pk"):
        found.setdefault(change.agency_id, []).append(change)
    return found


def _state(correction: ContactCorrection) -> Found:
    """Applied, or ended without that, or undone after it; a telephone number waits for nobody."""
    was_applied, was_undone = correction.applied_at is not None, correction.ended_as == CorrectionEnd.UNDONE
    if was_applied and correction.ended_at is not None and not was_undone:
        yield "correction-applied-and-ended", f"it was applied, and {correction.ended_as}.", BY_HAND
    if was_undone and not was_applied:
        yield "correction-undone-unapplied", "it was undone, but never applied.", BY_HAND
    if correction.field == ContactField.PHONE and correction.is_waiting:
        yield "correction-waits-for-nobody", "it is of a telephone number, and waits.", BY_HAND
    for moment in (correction.applied_at, correction.ended_at):
        if moment is not None and moment < correction.asked_at:
            yield "correction-ended-before", "it was applied or ended before it was asked for.", BY_HAND


def _decision(correction: ContactCorrection) -> Found:
    is_accepted = correction.field == ContactField.KEP and correction.applied_at is not None
    ends_by_person = correction.ended_as in (CorrectionEnd.REFUSED, CorrectionEnd.UNDONE)
    if (is_accepted or ends_by_person) and correction.decided_by_id is None:
        yield "correction-decided-by-nobody", "it was decided, but nobody is named.", BY_HAND


def _history(correction: ContactCorrection, changes: Changes) -> Found:
    """What was applied or undone stands in the unit's history, with that moment."""
    written = [(correction.applied_at, [correction.before, correction.after])]
    if correction.ended_as == CorrectionEnd.UNDONE:
        written.append((correction.ended_at, [correction.after, correction.before]))
    said = [(change.at, _of_field(change, correction.field)) for change in changes]
    for moment, values in written:
        if moment is not None and (moment, values) not in said:
            yield "correction-not-in-history", f"its unit has no change of {moment.isoformat()}.", BY_HAND


def _value(correction: ContactCorrection, changes: Changes) -> Found:
    """What was applied is the unit's value, unless a later change wrote another one."""
    if correction.applied_at is None or correction.ended_at is not None:
        return
    later = [_of_field(change, correction.field) for change in changes if change.at >= correction.applied_at]
    expected = next((values[1] for values in reversed(later) if values), correction.after)
    if getattr(correction.agency, correction.field) != expected:
        yield "correction-unlike-unit", f"its unit's {correction.field} isn't “{expected}”.", BY_HAND


def _of_field(change: DirectoryChange, field: str) -> list[str]:
    """The value before and after, empty if it didn't change."""
    values: list[str] = change.data.get("changes", {}).get(field, [])
    return values
