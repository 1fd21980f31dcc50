"""A person confirms, for a unit, that the unit has the letter."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agencies.deputies import deputy_of
from agencies.models import Agency, Role, User
from distribution.evidence import append_event
from distribution.models import Delivery, EventKind


class NotAcknowledgeable(Exception):
    """The delivery was taken back or returned; there is nothing to confirm any more."""


@dataclass(frozen=True)
class Acknowledgement:
    """What came of it: `first` is False when somebody had confirmed before, which stands unchanged."""

    delivery: Delivery
    first: bool


@transaction.atomic
def acknowledge(
    *, delivery: UUID, by: User, at: datetime, register_number: str = "", agency: Agency | None = None
) -> Acknowledgement:
    """Confirm one delivery. `register_number` is the unit's own register number of the letter.

    With `agency` only what that unit answers for will do. What a closed unit had not confirmed, its successor
    confirms, and the event says so. Confirming twice changes nothing. Raises Delivery.DoesNotExist if the person
    may not act for the unit, NotAcknowledgeable if it was withdrawn or returned.
    """
    answerable = Delivery.objects.answerable_by(by)
    found = (
        (answerable.answered_by(agency) if agency else answerable)
        .select_for_update(of=("self",))
        .select_related("circular", "agency", "successor")
        .get(public_id=delivery)
    )
    if found.acknowledged_at is not None:
        return Acknowledgement(found, first=False)
    if not found.is_outstanding:
        raise NotAcknowledgeable(found.get_stage_display())
    found.acknowledged_at = at
    found.acknowledged_by = by
    found.acknowledged_for = deputy_of(by, found.answering_unit, Role.RECIPIENT, timezone.localdate(at))
    found.acknowledged_sha256 = found.circular.content_sha256
    found.register_number = register_number.strip()
    found.save(
        update_fields=[
            "acknowledged_at",
            "acknowledged_by",
            "acknowledged_for",
            "acknowledged_sha256",
            "register_number",
        ]
    )
    data = {
        "name": str(by),
        "job_title": by.job_title,
        "agency": found.answering_unit.name,
        "register_number": found.register_number,
        "sha256": found.acknowledged_sha256,
    }
    if found.acknowledged_for is not None:
        data["as_deputy_of"] = str(found.acknowledged_for)
    if found.successor is not None:
        data["in_place_of"] = found.agency.name
    append_event(
        delivery=found, kind=EventKind.ACKNOWLEDGED, at=at, by=by, for_agency=found.answering_unit, data=data
    )
    return Acknowledgement(found, first=True)


@transaction.atomic
def acknowledge_several(
    *, deliveries: Collection[UUID], agency: Agency, by: User, at: datetime
) -> list[Acknowledgement]:
    """Confirm several deliveries of one unit, all or none.

    They are locked in one order, so that two people can't block each other.
    """
    return [
        acknowledge(delivery=delivery, agency=agency, by=by, at=at) for delivery in sorted(set(deliveries))
    ]
