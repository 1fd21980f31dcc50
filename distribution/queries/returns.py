"""Returned copies: which of them wait for a decision of the unit that gave the letter, and what was decided."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from distribution.models import Delivery, ReturnDecision, ReturnOutcome


def undecided_return() -> Q:
    """Returned deliveries for which nothing was decided yet. Those of a withdrawn letter need no decision."""
    decided = ReturnDecision.objects.filter(delivery=OuterRef("pk"), returned_at=OuterRef("returned_at"))
    returned = Q(returned_at__isnull=False, withdrawn_at=None, circular__withdrawn_at=None)
    return returned & Q(~Exists(decided))


def decision_on(delivery: Delivery) -> ReturnDecision | None:
    """The latest decision on the return that stands; None if none stands or nothing was decided. One query."""
    return next(iter(decisions_on([delivery]).values()), None)


def decisions_on(deliveries: Iterable[Delivery]) -> dict[int, ReturnDecision]:
    """The latest decision on the return that stands, by delivery id. One query, none if nothing is returned."""
    returned = {each.pk: each.returned_at for each in deliveries if each.returned_at is not None}
    if not returned:
        return {}
    made = ReturnDecision.objects.filter(delivery__in=returned).select_related(
        "decided_by", "instead__agency"
    )
    return {
        each.delivery_id: each
        for each in made.order_by("decided_at", "pk")
        if each.returned_at == returned[each.delivery_id]
    }


def word_of_giver(delivery: Delivery) -> ReturnDecision | None:
    """The latest decision to send the copy again, if the copy is live. One query."""
    if not delivery.is_live:
        return None
    again = delivery.return_decisions.filter(outcome=ReturnOutcome.SENT_AGAIN)
    return again.select_related("decided_by").last()


def may_be_sent_on(delivery: Delivery) -> bool:
    """Whether the giver may send the returned copy again, or to another unit: the letter is in force for the giver.

    A replaced letter is sent on in its newer revision only. Needs the circular and the parent.
    """
    if delivery.circular.is_withdrawn:
        return False
    if delivery.parent is not None:
        return delivery.parent.is_in_force
    return delivery.circular.superseded_by_id is None
