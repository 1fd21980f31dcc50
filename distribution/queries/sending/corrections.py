"""The recipients of a letter that is being corrected, and those whom the correction concerns."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from circulars.lines.distribution_list import Expansion, Recipient
from circulars.models import Circular
from circulars.services.correct import revisions_before
from distribution.models import Delivery
from distribution.models.acts.event import DUE_MOVED


def holders(correction: Circular) -> list[Delivery]:
    """Live direct deliveries of the earlier revisions: per unit the one of the newest revision that it has."""
    before = [each.pk for each in revisions_before(correction)]
    found = (
        Delivery.objects.direct()
        .live()
        .filter(circular__in=before)
        .select_related("agency", "successor", "line", "circular")
        .order_by("agency_id", "-circular__revision_number", "-pk")
        .distinct("agency_id")
    )
    return sorted(found, key=lambda each: (each.agency.protocol_order, each.agency.sort_key, each.pk))


def only_touched(expansion: Expansion, copies: list[Delivery]) -> Expansion:
    """The expansion reduced to the units concerned: as in the corrected list, otherwise with their previous purpose."""
    named = {recipient.agency.pk: recipient for recipient in expansion.recipients}
    recipients = [named.get(each.agency_id) or Recipient(each.agency, None, each.purpose) for each in copies]
    return replace(expansion, recipients=recipients)


def with_more_time(copies: Iterable[Delivery]) -> set[int]:
    """Ids of those of the copies whose due time was moved to later than their letter's. `circular` must be loaded.

    Working days end later in some provinces; there a copy counts only if an event says that it got more time. One
    query if there is such a copy.
    """
    later = [each for each in copies if _is_later(each)]
    by_days = [each for each in later if each.circular.due_working_days is not None]
    found = {each.pk for each in later if each.circular.due_working_days is None}
    if by_days:
        letters = {
            letter.pk for each in by_days for letter in [each.circular, *revisions_before(each.circular)]
        }
        moved = set(
            Delivery.objects.direct()
            .filter(
                circular__in=letters,
                agency__in=[each.agency_id for each in by_days],
                events__kind__in=DUE_MOVED,
            )
            .values_list("agency_id", flat=True)
        )
        found |= {each.pk for each in by_days if each.agency_id in moved}
    return found


def due_of(
    correction: Circular, replaced: Delivery, due_at: datetime | None, *, has_more_time: bool
) -> datetime | None:
    """Due time of a new copy. `due_at` is that of the correction for this recipient.

    The copy keeps the due time of the one it replaces if the letter's is unchanged, and more time that the unit was
    given (see `with_more_time`) if it is later. Working days count from the correction; a later due time of the
    replaced copy is kept. An ACELE letter has no due time.
    """
    before = replaced.circular
    if due_at is None or (replaced.due_at is None and not _same_term(correction, before, due_at)):
        return due_at
    if _same_term(correction, before, due_at):
        return (
            replaced.due_at if correction.due_working_days is None else max(due_at, replaced.due_at or due_at)
        )
    return max(due_at, replaced.due_at or due_at) if has_more_time else due_at


def _same_term(correction: Circular, before: Circular, due_at: datetime) -> bool:
    """Whether both letters state the same due time or number of working days."""
    if correction.due_working_days is not None or before.due_working_days is not None:
        return correction.due_working_days == before.due_working_days
    return before.due_at == due_at


def _is_later(copy: Delivery) -> bool:
    stated = copy.circular.due_at
    return stated is not None and copy.due_at is not None and copy.due_at > stated
