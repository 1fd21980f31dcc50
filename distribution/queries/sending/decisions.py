"""Decisions waiting for the unit that gave a letter: requests, objections to its records, and undecided returns."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet

from circulars.models import Circular, CircularQuerySet
from distribution.models import Delivery, ExtensionRequest, OnBehalfRecord, TakeBackRequest
from distribution.models.acts.on_behalf import OnBehalfRecordQuerySet
from distribution.models.deliveries.conditions import LONG_TEXTS
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.queries.sending.returns import undecided_return, with_ways_of_return

OF_LATE = timedelta(days=14)
MOST_SHOWN = 100


@dataclass(frozen=True)
class Decisions:
    """Undecided requests, oldest first; units' objections to the sender's records and returned letters, latest first.

    Each is limited to MOST_SHOWN.
    """

    requests: list[ExtensionRequest] = field(default_factory=list)
    take_backs: list[TakeBackRequest] = field(default_factory=list)
    returned: list[Delivery] = field(default_factory=list)
    objections: list[OnBehalfRecord] = field(default_factory=list)
    reaching_below: frozenset[int] = frozenset()
    """Ids of the requests whose unit passed the letter on to be answered at the same time."""

    def __bool__(self) -> bool:
        return bool(self.requests or self.take_backs or self.returned or self.objections)


def with_decisions_marked(circulars: CircularQuerySet) -> CircularQuerySet:
    """Annotate `has_objections`, `has_requests` and `has_returns`, which spare most letters' pages a query each."""
    contested = OnBehalfRecord.objects.contested().filter(delivery__circular=OuterRef("pk"), by_giver=False)
    asked = ExtensionRequest.objects.filter(decided_at=None, delivery__circular=OuterRef("pk"))
    to_undo = TakeBackRequest.objects.filter(decided_at=None, delivery__circular=OuterRef("pk"))
    returned = Delivery.objects.direct().filter(circular=OuterRef("pk"), returned_at__isnull=False)
    return circulars.annotate(
        has_objections=Exists(contested),
        has_requests=Exists(asked.order_by()) | Exists(to_undo.order_by()),
        has_returns=Exists(returned),
    )


def of_letters(circulars: QuerySet[Circular], *, at: datetime) -> Decisions:
    """For senders of these letters; returned letters only of the last days."""
    direct = Delivery.objects.direct().filter(circular__in=circulars)
    of_any = OnBehalfRecord.objects.filter(delivery__circular__in=circulars, by_giver=False)
    return _decisions(direct, of_any, returned_since=at - OF_LATE)


def of_letter(circular: Circular) -> Decisions:
    """For senders of this letter; all its returned copies that wait for a decision."""
    of_any = OnBehalfRecord.objects.filter(delivery__circular=circular, by_giver=False)
    if not getattr(circular, "has_objections", True):
        of_any = of_any.none()
    return _decisions(
        Delivery.objects.direct().filter(circular=circular),
        of_any,
        requests=getattr(circular, "has_requests", True),
        returns=getattr(circular, "has_returns", True),
    )


def below(delivery: Delivery) -> Decisions:
    """For the unit that passed the letter on."""
    own = OnBehalfRecord.objects.filter(delivery__parent=delivery, by_giver=True)
    return _decisions(Delivery.objects.filter(parent=delivery), own)


def _decisions(
    deliveries: DeliveryQuerySet,
    records: OnBehalfRecordQuerySet,
    returned_since: datetime | None = None,
    *,
    requests: bool = True,
    returns: bool = True,
) -> Decisions:
    """`records` are those whose objections the unit decides: the issuer's at any depth, or those below.

    Without `requests` or `returns` it is known that there are none, and they aren't looked for.
    """
    concerned = (
        list(deliveries.filter(pk__in=open_requests()).values_list("pk", flat=True)) if requests else []
    )
    returned = deliveries.filter(undecided_return()) if returns else deliveries.none()
    if returned_since is not None:
        returned = returned.filter(returned_at__gte=returned_since)
    parts = ("circular", "agency", "successor", "parent")
    asked_about = ("asked_by", *(f"delivery__{part}" for part in parts))
    texts = [f"delivery__{text}" for text in LONG_TEXTS]
    oldest_first = ("asked_at", "pk")
    extensions: list[ExtensionRequest] = []
    take_backs: list[TakeBackRequest] = []
    if concerned:  # mostly nothing is asked, and building the two queries takes longer than asking them
        asked = ExtensionRequest.objects.undecided().filter(delivery__in=concerned)
        asked = asked.select_related(*asked_about).defer(*texts).order_by(*oldest_first)
        to_undo = TakeBackRequest.objects.undecided().filter(delivery__in=concerned)
        to_undo = to_undo.select_related(*asked_about).defer(*texts).order_by(*oldest_first)
        extensions, take_backs = list(asked[:MOST_SHOWN]), list(to_undo[:MOST_SHOWN])
    return Decisions(
        requests=extensions,
        reaching_below=reaching_below(extensions),
        take_backs=take_backs,
        returned=with_ways_of_return(
            returned.select_related(*parts).defer(*LONG_TEXTS).order_by("-returned_at", "-pk")[:MOST_SHOWN]
        ),
        objections=list(
            records.contested()
            .select_related("ended_by", *(f"delivery__{part}" for part in parts))
            .defer(*(f"delivery__{text}" for text in LONG_TEXTS))
            .order_by("-ended_at", "-pk")[:MOST_SHOWN]
        ),
    )


def open_requests() -> list[int]:
    """Ids of the deliveries, of any letter, with an undecided request for more time or to take an act back."""
    asked = ExtensionRequest.objects.undecided().order_by().values_list("delivery_id", flat=True)
    to_undo = TakeBackRequest.objects.undecided().order_by().values_list("delivery_id", flat=True)
    return list(asked.union(to_undo))


def reaching_below(requests: Collection[ExtensionRequest]) -> frozenset[int]:
    """Ids of the requests with copies below that are owed and due together with the unit's own. One query, or none."""
    if not requests:
        return frozenset()
    copies = Delivery.objects.owing().filter(parent__in=[each.delivery_id for each in requests])
    same = copies.filter(due_at=F("parent__due_at")).values_list("parent_id", flat=True)
    above = set(same.distinct())
    return frozenset(each.pk for each in requests if each.delivery_id in above)
