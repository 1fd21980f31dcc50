"""Decisions waiting for the unit that gave a letter: requests, objections to its records, and undecided returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet, Value

from circulars.models import Circular, CircularQuerySet
from distribution.models import Delivery, ExtensionRequest, OnBehalfRecord, TakeBackRequest
from distribution.models.acts.answer import ExtensionRequestQuerySet
from distribution.models.acts.on_behalf import OnBehalfRecordQuerySet
from distribution.models.deliveries.conditions import LONG_TEXTS
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.queries.sending.returns import undecided_return, with_ways_of_return

OF_LATE = timedelta(days=14)
MOST_SHOWN = 100

ORDERS = {
    "requests": ("asked_at", "pk"),
    "take_backs": ("asked_at", "pk"),
    "returned": ("-returned_at", "-pk"),
    "objections": ("-ended_at", "-pk"),
}
"""The order of each kind of decision, by its name in `Decisions`."""

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Decisions:
    """Undecided requests, oldest first; units' objections to the sender's records and returned letters, latest first.

    Each is limited to MOST_SHOWN.
    """

    requests: list[ExtensionRequest] = field(default_factory=list)
    take_backs: list[TakeBackRequest] = field(default_factory=list)
    returned: list[Delivery] = field(default_factory=list)
    objections: list[OnBehalfRecord] = field(default_factory=list)

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
    return _decisions(
        Delivery.objects.direct().filter(circular=circular),
        OnBehalfRecord.objects.filter(delivery__circular=circular, by_giver=False),
        requests=getattr(circular, "has_requests", True),
        returns=getattr(circular, "has_returns", True),
        objections=getattr(circular, "has_objections", True),
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
    objections: bool = True,
) -> Decisions:
    """`records` are those whose objections the unit decides: the issuer's at any depth, or those below.

    Without `requests`, `returns` or `objections` it is known that there are none, and they aren't looked for. One query
    finds what there is of the others, and each kind of which there is something takes one more.
    """
    waiting: dict[str, QuerySet[Any]] = {}
    if requests:
        waiting["requests"] = ExtensionRequest.objects.undecided().filter(delivery__in=deliveries)
        waiting["take_backs"] = TakeBackRequest.objects.undecided().filter(delivery__in=deliveries)
    if returns:
        returned = deliveries.filter(undecided_return())
        since = returned_since
        waiting["returned"] = returned if since is None else returned.filter(returned_at__gte=since)
    if objections:
        waiting["objections"] = records.contested()
    found = _first_of({name: rows.order_by(*ORDERS[name]) for name, rows in waiting.items()})
    return Decisions(
        requests=_loaded("requests", with_reach(ExtensionRequest.objects.all()), found, "asked_by"),
        take_backs=_loaded("take_backs", TakeBackRequest.objects.all(), found, "asked_by"),
        returned=_loaded("returned", with_ways_of_return(Delivery.objects.all()), found),
        objections=_loaded("objections", OnBehalfRecord.objects.all(), found, "ended_by"),
    )


def _first_of(waiting: Mapping[str, QuerySet[Any]]) -> dict[str, list[int]]:
    """Ids of the first rows of each of these, by its name; those of which there is none are missing. One query."""
    parts = [
        rows.annotate(name=Value(name)).values_list("name", "pk")[:MOST_SHOWN]
        for name, rows in waiting.items()
    ]
    found: dict[str, list[int]] = {}
    for name, pk in parts[0].union(*parts[1:], all=True) if parts else ():
        found.setdefault(name, []).append(pk)
    return found


def _loaded(name: str, rows: QuerySet[Row], found: Mapping[str, list[int]], *people: str) -> list[Row]:
    """Those of the rows that were found under this name, with people, letter and units. One query, or none."""
    if name not in found:
        return []
    through = "" if rows.model is Delivery else "delivery__"
    parts = [f"{through}{part}" for part in ("circular", "agency", "successor", "parent")]
    texts = [f"{through}{text}" for text in LONG_TEXTS]
    wanted = rows.filter(pk__in=found[name]).select_related(*people, *parts)
    return list(wanted.defer(*texts).order_by(*ORDERS[name]))


def open_requests() -> list[int]:
    """Ids of the deliveries, of any letter, with an undecided request for more time or to take an act back."""
    asked = ExtensionRequest.objects.undecided().order_by().values_list("delivery_id", flat=True)
    to_undo = TakeBackRequest.objects.undecided().order_by().values_list("delivery_id", flat=True)
    return list(asked.union(to_undo))


def with_reach(requests: ExtensionRequestQuerySet) -> ExtensionRequestQuerySet:
    """Annotate `reaches_below`: whether copies below the unit's own are owed and due together with it."""
    below = Delivery.objects.owing().filter(parent=OuterRef("delivery"), due_at=OuterRef("delivery__due_at"))
    return requests.annotate(reaches_below=Exists(below.order_by()))  # type: ignore[no-redef]
