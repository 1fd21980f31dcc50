"""The inbox of a unit: letters to confirm, letters to answer, and what the unit has just done."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from agencies.models import Agency
from distribution.models import Delivery
from distribution.models.acts.take_back import TAKE_BACK_WITHIN, LastAct, last_act
from distribution.models.deliveries.conditions import LONG_TEXTS, OUTSTANDING, UNANSWERED, received_by
from distribution.models.deliveries.delivery import DeliveryQuerySet


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


def just_done(received: DeliveryQuerySet, unit: Agency, at: datetime) -> list[tuple[Delivery, LastAct]]:
    """Letters that the unit has just confirmed, answered or returned, with the act that it may still take back by
    itself; latest first.
    """
    since = at - TAKE_BACK_WITHIN
    recent = Q(acknowledged_at__gt=since) | Q(completed_at__gt=since) | Q(returned_at__gt=since)
    found = (
        received.filter(received_by([unit.pk]), recent)
        .select_related(
            "circular__issuer", "agency", "successor", "acknowledged_by", "acknowledged_for", "completed_by"
        )
        .defer(*LONG_TEXTS)
    )
    acts = [(each, done) for each in found if each.answering_unit == unit and (done := last_act(each))]
    open_still = [(each, done) for each, done in acts if done.until > at]
    return sorted(open_still, key=lambda pair: (pair[1].at, pair[0].pk), reverse=True)


def chosen_among(rows: QuerySet[Delivery], chosen: Collection[UUID]) -> list[UUID]:
    """Those of the chosen letters that are in the list still, in the order in which they were chosen."""
    if not chosen:
        return []
    there = set(rows.order_by().filter(public_id__in=chosen).values_list("public_id", flat=True))
    return [each for each in chosen if each in there]


def first_with_number(
    unit: Agency, numbers: Collection[str], *, besides: Collection[Delivery]
) -> Delivery | None:
    """A letter that the unit confirmed under one of these register numbers, other than the given ones."""
    found = Delivery.objects.filter(received_by([unit.pk]), register_number__in=list(numbers))
    others = found.exclude(pk__in=[each.pk for each in besides]).select_related("circular")
    return others.defer(*LONG_TEXTS).order_by("-acknowledged_at", "-pk").first()
