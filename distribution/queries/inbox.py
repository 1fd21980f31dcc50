"""The inbox of a unit: letters to confirm, letters to answer, and letters that it has just confirmed."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, F

from agencies.models import Agency
from distribution.models import Delivery
from distribution.models.conditions import LIVE, LONG_TEXTS, OUTSTANDING, UNANSWERED, received_by
from distribution.models.delivery import DeliveryQuerySet
from distribution.models.take_back import TAKE_BACK_WITHIN


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


def just_confirmed(received: DeliveryQuerySet, unit: Agency, at: datetime) -> list[Delivery]:
    """Letters whose confirmation the unit may still take back by itself, latest first."""
    found = (
        received.filter(received_by([unit.pk]), LIVE, revised_at=None, circular__withdrawn_at=None)
        .filter(acknowledged_at__gt=at - TAKE_BACK_WITHIN, completed_at=None)
        .select_related("circular__issuer", "agency", "successor", "acknowledged_by", "acknowledged_for")
        .defer(*LONG_TEXTS)
        .order_by("-acknowledged_at", "-pk")
    )
    return [each for each in found if each.answering_unit == unit]


def first_with_number(
    unit: Agency, numbers: Collection[str], *, besides: Collection[Delivery]
) -> Delivery | None:
    """A letter that the unit confirmed under one of these register numbers, other than the given ones."""
    found = Delivery.objects.filter(received_by([unit.pk]), register_number__in=list(numbers))
    others = found.exclude(pk__in=[each.pk for each in besides]).select_related("circular")
    return others.defer(*LONG_TEXTS).order_by("-acknowledged_at", "-pk").first()
