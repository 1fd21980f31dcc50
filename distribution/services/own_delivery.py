"""The recipient's side of a delivery: its row locked for a person who answers for it, and the person's name."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.deputies import absent_among, deputy_of, holders
from agencies.lifecycle import Refused
from agencies.models import Agency, Role, User
from distribution.models import Delivery

NOT_NEEDED = ("circular__body", "circular__source_text", "circular__reading")
"""What nobody needs who answers a letter."""


def hold_own(
    delivery: UUID, *, by: User, at: datetime, agency: Agency | None = None
) -> tuple[Delivery, User | None]:
    """The delivery with its row locked, if the person may act for the unit that answers for it; and as whose deputy.

    With `agency` only what that unit answers for will do. Raises Delivery.DoesNotExist.
    """
    found = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("agency", "circular")
        .defer(*NOT_NEEDED)
        .get(public_id=delivery)
    )
    people = holders(by, found.answering_unit, Role.RECIPIENT, timezone.localdate(at))
    if not people or (agency is not None and agency != found.answering_unit):
        raise Delivery.DoesNotExist
    return found, absent_among(people, by)


def lock_own(delivery: UUID, *, by: User) -> Delivery:
    """The delivery with its row locked, if the person may act today for the unit that answers for it.

    Raises Delivery.DoesNotExist.
    """
    return hold_own(delivery, by=by, at=timezone.now())[0]


def refuse_unless_live(delivery: Delivery, field: str) -> None:
    """Raise Refused for what was returned, taken back or is covered by another copy."""
    if not delivery.is_live or delivery.circular.is_withdrawn:
        raise Refused(
            field,
            _("Nothing was recorded: the letter is %(stage)s.") % {"stage": delivery.get_stage_display()},
        )


def absent_person(by: User, unit: Agency, at: datetime) -> User | None:
    """For whom the person stands in as deputy when receiving for the unit; None if they act in person."""
    return deputy_of(by, unit, Role.RECIPIENT, timezone.localdate(at))


def person_data(by: User, delivery: Delivery, absent: User | None) -> dict[str, Any]:
    """Who acted, for which unit, in whose place: the keys of an event's data."""
    data = {"name": str(by), "job_title": by.job_title, "agency": delivery.answering_unit.name}
    if absent is not None:
        data["as_deputy_of"] = str(absent)
    if delivery.successor is not None:
        data["in_place_of"] = delivery.agency.name
    return data
