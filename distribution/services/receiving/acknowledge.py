"""Confirm on behalf of a unit that it has received a letter."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from agencies.models import Agency, User
from distribution.event_log import AcknowledgedData, Step, append_events
from distribution.models import Delivery
from distribution.models.bulk import update_many
from distribution.services.on_behalf import replace_confirmations
from distribution.services.receiving.own_delivery import (
    absent_person,
    acting,
    lock_own_several,
    lock_to_confirm,
)

CONFIRMED_COLUMNS = ("acknowledged_at", "acknowledged_sha256", "register_number")
REPLACED_COLUMNS = ("acknowledged_on_behalf", "acknowledged_name", "acknowledged_title")
"""Written too if the sender had recorded a confirmation."""


class NotAcknowledgeable(Exception):
    """The delivery was withdrawn or returned and can't be confirmed."""


@dataclass(frozen=True)
class Acknowledgement:
    """Result; `first` is False if it had been confirmed before, in which case nothing changed."""

    delivery: Delivery
    first: bool


@transaction.atomic
def acknowledge(
    *, delivery: UUID, by: User, at: datetime, register_number: str = "", agency: Agency | None = None
) -> Acknowledgement:
    """Confirm one delivery. `register_number` is the unit's own register number of the letter.

    With `agency`, only deliveries that this unit answers for qualify. The successor of a closed unit confirms
    in its place, which the event records. Confirming again changes nothing, but a confirmation that the sender
    recorded is replaced. Raises Delivery.DoesNotExist if the user may not act for the unit, NotAcknowledgeable if
    it was withdrawn or returned.
    """
    found, absent = lock_to_confirm(delivery, by=by, at=at, agency=agency)
    numbers = {delivery: register_number}
    return confirm_locked([found], by=by, absent=absent, at=at, register_numbers=numbers)[0]


@transaction.atomic
def acknowledge_several(
    *,
    deliveries: Collection[UUID],
    agency: Agency,
    by: User,
    at: datetime,
    register_numbers: Mapping[UUID, str] | None = None,
) -> list[Acknowledgement]:
    """Confirm several deliveries of one unit, all or none, each with its register number if it has one.

    They are locked in order of id, to prevent deadlocks. Takes six queries for any number. Raises like
    `acknowledge`.
    """
    found = lock_own_several(deliveries, agency=agency, by=by)
    absent = absent_person(by, agency, at)
    return confirm_locked(found, by=by, absent=absent, at=at, register_numbers=register_numbers or {})


def confirm_locked(
    deliveries: Sequence[Delivery],
    *,
    by: User,
    absent: User | None,
    at: datetime,
    register_numbers: Mapping[UUID, str],
) -> list[Acknowledgement]:
    """Confirm deliveries that one unit answers for, possibly as a deputy. The caller must hold their row locks."""
    fresh = [each for each in deliveries if each.acknowledged_at is None or each.can_be_confirmed]
    recorded = any(delivery.acknowledged_on_behalf for delivery in fresh)
    replace_confirmations(fresh, by=by, at=at)
    steps: list[Step] = []
    for delivery in fresh:
        if not delivery.is_live:
            raise NotAcknowledgeable(delivery.get_stage_display())
        delivery.acknowledged_by, delivery.acknowledged_for = by, absent
        set_confirmed(delivery, at=at, register_number=register_numbers.get(delivery.public_id, ""))
        confirmed = AcknowledgedData(
            actor=acting(by, delivery, absent),
            register_number=delivery.register_number,
            sha256=delivery.acknowledged_sha256,
            deputy_of_id=absent.pk if absent is not None else None,
        )
        steps.append(Step(delivery, confirmed))
    if fresh:
        replaced = REPLACED_COLUMNS if recorded else ()
        update_many(fresh, [*CONFIRMED_COLUMNS, "acknowledged_by", "acknowledged_for", *replaced])
        append_events(steps=steps, at=at, by=by, for_agency=fresh[0].answering_unit)
    return [Acknowledgement(delivery, first=delivery in fresh) for delivery in deliveries]


def set_confirmed(delivery: Delivery, *, at: datetime, register_number: str) -> None:
    """Set the columns of a confirmation."""
    delivery.acknowledged_at = at
    delivery.acknowledged_sha256 = delivery.circular.content_sha256
    delivery.register_number = register_number.strip()
