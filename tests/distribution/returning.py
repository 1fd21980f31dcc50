"""Returned copies for the tests."""

from datetime import datetime

from agencies.models import Agency, User
from circulars.models import Circular, Purpose
from distribution.models import Delivery, ReturnGround
from distribution.services.receiving.pass_on import pass_on
from distribution.services.receiving.return_letter import return_letter
from tests.factories import MOMENT, recipient_of

REASON = "Görev alanımız dışındadır."


def give_back(delivery: Delivery, at: datetime = MOMENT) -> Delivery:
    """The unit returns its copy."""
    return return_letter(
        delivery=delivery.public_id,
        by=recipient_of(delivery.answering_unit),
        at=at,
        ground=ReturnGround.NOT_ADDRESSEE,
        reason=REASON,
    )


def returned_by(unit: Agency, circular: Circular, at: datetime = MOMENT) -> Delivery:
    """The unit's copy, which it returned."""
    return give_back(circular.deliveries.get(agency=unit), at)


def returned_below(above: Delivery, unit: Agency, at: datetime = MOMENT) -> tuple[Delivery, User]:
    """A copy that was passed on to the unit and returned by it, and a person of the unit above."""
    person = recipient_of(above.agency)
    passed = pass_on(
        delivery=above.public_id,
        recipients=[(unit, Purpose.INFORMATION)],
        note="Bilginize",
        due_at=None,
        by=person,
        at=at,
    )
    return give_back(passed.children[0], at), person
