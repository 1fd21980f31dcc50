"""The letters cited in a letter's İlgi, with links for readers who may see them."""

from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When

from agencies.models import User
from circulars.models import Circular, Reference
from distribution.models import Delivery
from distribution.visibility import visible_to


def references_for_recipient(delivery: Delivery, user: User) -> QuerySet[Reference]:
    """The references of the delivered letter, with `link` set if the user may see the cited letter.

    `copy` is the public id of the user's delivery of the cited letter: the reading unit's own one first, then
    that of another of the user's units.
    """
    copies = (
        visible_to(user)
        .filter(circular=OuterRef("target_id"))
        .order_by(Case(When(agency=delivery.agency_id, then=Value(0)), default=Value(1)), "pk")
    )
    circular: Circular = delivery.circular
    return circular.references.linked_for(user).annotate(copy=Subquery(copies.values("public_id")[:1]))
