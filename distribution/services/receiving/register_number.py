"""Add, correct or remove the unit's own register number of a confirmed letter."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.services.refusal import ActionRefused
from distribution.event_log import RegisterChangedData, append_event
from distribution.models import Delivery
from distribution.services.receiving.own_delivery import (
    acting,
    lock_with_absent_person,
    refuse_unless_in_force,
)


@transaction.atomic
def change_register_number(
    *, delivery: UUID, by: User, at: datetime, register_number: str, number_seen: str
) -> Delivery:
    """Change the register number while the copy is in force; the event keeps the old and the new one.

    `number_seen` is the number that the user saw when changing it. The same number again changes nothing. Raises
    Delivery.DoesNotExist if the user may not act for the unit, and ActionRefused.
    """
    after = register_number.strip()
    found, absent = lock_with_absent_person(delivery, by=by, at=at)
    refuse_unless_in_force(found, "register_number")
    if found.acknowledged_at is None:
        raise ActionRefused(
            "register_number", _("The letter is not confirmed yet. Give the number with the confirmation.")
        )
    before = found.register_number
    if before == after:
        return found
    if before != number_seen.strip():
        raise ActionRefused(
            "register_number",
            _("The number was changed meanwhile: it is “%(number)s” now. Check it and save again.")
            % {"number": before},
        )
    found.register_number = after
    found.save(update_fields=["register_number"])
    changed = RegisterChangedData(actor=acting(by, found, absent), before=before, after=after)
    append_event(delivery=found, data=changed, at=at, by=by, for_agency=found.answering_unit)
    return found
