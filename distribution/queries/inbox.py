"""A unit's inbox: what it has to confirm and what it has to answer."""

from django.db.models import Count, F

from agencies.models import Agency
from distribution.models.conditions import LONG_TEXTS, OUTSTANDING, UNANSWERED
from distribution.models.delivery import DeliveryQuerySet


def counts(received: DeliveryQuerySet, unit: Agency) -> dict[str, int]:
    """How many letters the unit has to confirm and how many to answer, in one query."""
    return (
        received.answered_by(unit)
        .owing()
        .aggregate(owed_count=Count("pk", filter=OUTSTANDING), answer_count=Count("pk", filter=UNANSWERED))
    )


def to_answer(received: DeliveryQuerySet, unit: Agency) -> DeliveryQuerySet:
    """What the unit confirmed for action and has not answered: the soonest due first, then the oldest."""
    return (
        received.answered_by(unit)
        .unanswered()
        .select_related("circular", "circular__issuer", "agency", "successor")
        .defer(*LONG_TEXTS)
        .order_by(F("due_at").asc(nulls_last=True), "acknowledged_at", "pk")
    )
