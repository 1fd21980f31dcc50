"""Who holds a letter whose correction is being prepared, and whom the correction touches."""

from dataclasses import replace
from datetime import datetime

from circulars.lines.distribution_list import Expansion, Recipient
from circulars.models import Circular
from circulars.services.correct import revisions_before
from distribution.models import Delivery


def holders(correction: Circular) -> list[Delivery]:
    """What the issuer itself sent of the revisions before, one live copy a unit, the newest that the unit has."""
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
    """The expansion with the touched as its recipients: by the corrected list, else as they got the letter before."""
    named = {recipient.agency.pk: recipient for recipient in expansion.recipients}
    recipients = [named.get(each.agency_id) or Recipient(each.agency, None, each.purpose) for each in copies]
    return replace(expansion, recipients=recipients)


def due_of(correction: Circular, replaced: Delivery, due_at: datetime | None) -> datetime | None:
    """When the new copy is due: as the old one, which may have been extended, unless the correction changes it.

    Working days run anew from the correction; who was given longer than that keeps it.
    """
    before = correction.corrects
    if before is None or due_at is None or correction.due_working_days != before.due_working_days:
        return due_at
    if correction.due_working_days is not None:
        return max(due_at, replaced.due_at or due_at)
    return replaced.due_at if before.due_at == due_at else due_at
