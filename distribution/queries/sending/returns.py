"""Returned copies: which of them wait for a decision of the unit that gave the letter, and what was decided."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects

from distribution.event_log import VIA_LINK
from distribution.models import Delivery, DeliveryEvent, EventKind, ReturnDecision, ReturnOutcome
from distribution.models.deliveries.delivery import DeliveryQuerySet


def undecided_return() -> Q:
    """Returned deliveries for which nothing was decided yet. Those of a withdrawn letter need no decision."""
    decided = ReturnDecision.objects.filter(delivery=OuterRef("pk"), returned_at=OuterRef("returned_at"))
    return returned() & Q(~Exists(decided))


def returned() -> Q:
    """Returned deliveries, also those on which something was decided. Not those of a withdrawn letter."""
    return Q(returned_at__isnull=False, withdrawn_at=None, circular__withdrawn_at=None)


def decision_on(delivery: Delivery) -> ReturnDecision | None:
    """The latest decision on the return that stands; None if none stands or nothing was decided. At most one query."""
    if delivery.returned_at is None:
        return None
    made = delivery.return_decisions.filter(returned_at=delivery.returned_at)
    return made.select_related("decided_by", "instead__agency").last()


def with_return_decisions(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """The deliveries, with the decisions loaded for those that are returned. One query, none if nothing is returned."""
    found = list(deliveries)
    decisions = Prefetch("return_decisions", ReturnDecision.objects.select_related("instead__agency"))
    prefetch_related_objects([each for each in found if each.returned_at is not None], decisions)
    return found


def with_ways_of_return(deliveries: DeliveryQuerySet) -> DeliveryQuerySet:
    """Annotate `was_returned_by_link`."""
    by_link = DeliveryEvent.objects.filter(
        delivery=OuterRef("pk"), at=OuterRef("returned_at"), kind=EventKind.RETURNED, data__via=VIA_LINK
    )
    return deliveries.annotate(was_returned_by_link=Exists(by_link.order_by()))  # type: ignore[no-redef]


def word_of_giver(delivery: Delivery) -> ReturnDecision | None:
    """The latest decision to send the copy again, if the copy is live. One query."""
    if not delivery.is_live:
        return None
    again = delivery.return_decisions.filter(outcome=ReturnOutcome.SENT_AGAIN)
    return again.select_related("decided_by").last()


def may_be_decided_on(delivery: Delivery, decided: ReturnDecision | None) -> bool:
    """Whether the return stands and a decision may follow `decided`: an accepted return may be sent on after all."""
    if delivery.returned_at is None or delivery.withdrawn_at is not None or delivery.circular.is_withdrawn:
        return False
    return decided is None or decided.outcome == ReturnOutcome.ACCEPTED


def may_be_sent_on(delivery: Delivery) -> bool:
    """Whether the giver may send the returned copy again, or to another unit: the letter is in force for the giver.

    A replaced letter is sent on in its newer revision only. Needs the circular and the parent.
    """
    if delivery.circular.is_withdrawn:
        return False
    if delivery.parent is not None:
        return delivery.parent.is_in_force
    return delivery.circular.superseded_by_id is None
