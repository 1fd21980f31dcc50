"""The letters that a letter cites in its İlgi, with the links that the reader may follow."""

from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When

from agencies.models import User
from circulars.models import Circular, Reference
from distribution.models import Delivery
from distribution.visibility import visible_to


def references_for_recipient(delivery: Delivery, user: User) -> QuerySet[Reference]:
    """The references of the delivered letter, each with `link` for those who may see the letter that it cites.

    `copy` is the public id of the delivery by which the person's own unit has that letter: the reader's own unit
    first, then another one of the person's units.
    """
    copies = (
        visible_to(user)
        .filter(circular=OuterRef("target_id"))
        .order_by(Case(When(agency=delivery.agency_id, then=Value(0)), default=Value(1)), "pk")
    )
    circular: Circular = delivery.circular
    return circular.references.linked_for(user).annotate(copy=Subquery(copies.values("public_id")[:1]))
