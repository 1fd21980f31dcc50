"""The inbox of a unit: letters to confirm and letters to answer."""

from django.db.models import Count, F

from agencies.models import Agency
from distribution.models.conditions import LONG_TEXTS, OUTSTANDING, UNANSWERED
from distribution.models.delivery import DeliveryQuerySet


def counts(received: DeliveryQuerySet, unit: Agency) -> dict[str, int]:
    """Number of letters to confirm and to answer, in one query."""
    return (
        received.answered_by(unit)
        .owing()
        .aggregate(owed_count=Count("pk", filter=OUTSTANDING), answer_count=Count("pk", filter=UNANSWERED))
    )


def to_answer(received: DeliveryQuerySet, unit: Agency) -> DeliveryQuerySet:
    """Letters confirmed for action and not answered: earliest due first, then oldest first."""
    return (
        received.answered_by(unit)
        .unanswered()
        .select_related("circular", "circular__issuer", "agency", "successor")
        .defer(*LONG_TEXTS)
        .order_by(F("due_at").asc(nulls_last=True), "acknowledged_at", "pk")
    )
