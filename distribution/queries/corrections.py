"""The recipients of a letter that is being corrected, and those whom the correction concerns."""

from dataclasses import replace
from datetime import datetime

from circulars.lines.distribution_list import Expansion, Recipient
from circulars.models import Circular
from circulars.services.correct import revisions_before
from distribution.models import Delivery


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


def due_of(correction: Circular, replaced: Delivery, due_at: datetime | None) -> datetime | None:
    """Due time of a new copy: that of the copy it replaces, unless the correction changes it.

    Working days count from the correction; a later due time of the replaced copy is kept.
    """
    before = correction.corrects
    if before is None or due_at is None or correction.due_working_days != before.due_working_days:
        return due_at
    if correction.due_working_days is not None:
        return max(due_at, replaced.due_at or due_at)
    return replaced.due_at if before.due_at == due_at else due_at
