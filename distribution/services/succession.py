"""Pass the obligations of closed units on to their successors (docs/decisions/0006-succession.md).

1. find closed units with a successor that have outstanding or unanswered deliveries
2. lock the successor, to serialise closures into it, then the deliveries
3. if the successor has the same letter itself, close the old delivery as covered by it
4. for all others set the successor, with an event, a notice to its address and reminders by its calendar
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from agencies.models import Agency, AgencyGroup, AgencyQuerySet, Membership, User
from agencies.services.close import close_agency
from circulars.models import NOT_SENT, DistributionLine, Purpose, Urgency
from distribution.event_log import PassedToSuccessorData, Step, SupersededData, append_events
from distribution.models import Delivery, Notice
from distribution.models.deliveries.conditions import LONG_TEXTS, answering
from distribution.outbox.write import letter_notice, post
from distribution.reminders.plan import plan_reminders

BATCH_SIZE = 500


@dataclass(frozen=True)
class Followed:
    """Number of deliveries transferred to the successor, and of those that its own copies cover."""

    transferred: int = 0
    superseded: int = 0


@dataclass(frozen=True)
class Touched:
    """Effects of closing a unit."""

    outstanding: int
    unanswered: int
    covered: int
    children: int
    people: int
    drafts: int
    groups: list[AgencyGroup]


def what_closing_touches(agency: Agency, successor: Agency | None, *, on: date) -> Touched:
    """Figures for the confirmation page, in a bounded number of queries."""
    answered_by = Delivery.objects.answered_by(agency)
    owed = list(answered_by.outstanding().only("circular_id", "purpose", "parent_id"))
    own = _live_copies(successor, {each.circular_id for each in owed}) if successor else {}
    picked = set(agency.hand_picked_in.values_list("pk", flat=True))
    groups = AgencyGroup.objects.filter(Q(pk__in=picked) | ~Q(rule_kind=""))
    return Touched(
        outstanding=len(owed),
        unanswered=answered_by.unanswered().count(),
        covered=sum(_covering(each, own) is not None for each in owed),
        children=agency.children.active(on).count(),
        people=Membership.objects.active(on).filter(agency=agency).values("user").distinct().count(),
        drafts=DistributionLine.objects.filter(agency=agency, circular__status__in=NOT_SENT)
        .values("circular")
        .distinct()
        .count(),
        groups=[group for group in groups if group.pk in picked or group.includes_by_rule(agency)],
    )


@transaction.atomic
def close_unit(
    *,
    agency: Agency,
    on: date,
    successor: Agency | None,
    by: User,
    at: datetime,
    move_children: bool = False,
) -> Followed:
    """Close the unit on the day, and pass its obligations on if that day has come. Raises ActionRefused."""
    closed = close_agency(
        agency=agency, on=on, successor=successor, by=by, at=at, move_children=move_children
    )
    return transfer_obligations(unit=closed, by=by, at=at)


def follow_successors(*, at: datetime) -> Followed:
    """Every minute: process units closed since, by a page, by an import, or because their day has come."""
    followed = [
        transfer_obligations(unit=unit, by=None, at=at) for unit in _still_owing(timezone.localdate(at))
    ]
    return Followed(sum(each.transferred for each in followed), sum(each.superseded for each in followed))


def transfer_obligations(*, unit: Agency, by: User | None, at: datetime) -> Followed:
    """Pass everything that the closed unit owes to its successor. A second call changes nothing."""
    transferred = superseded = 0
    while (batch := _transfer_batch(unit, by, at)) is not None:
        transferred += batch.transferred
        superseded += batch.superseded
    return Followed(transferred, superseded)


@transaction.atomic
def _transfer_batch(unit: Agency, by: User | None, at: datetime) -> Followed | None:
    successor = _active_successor(unit, timezone.localdate(at))
    if successor is None:
        return None
    deliveries = list(
        Delivery.objects.answered_by(unit)
        .owing()
        .select_for_update(of=("self",), no_key=True)
        .select_related("circular", "agency")
        .defer(*LONG_TEXTS[:2])
        .order_by("pk")[:BATCH_SIZE]
    )
    if not deliveries:
        return None
    own = _live_copies(successor, {delivery.circular_id for delivery in deliveries})
    closed_on = unit.active_to.isoformat() if unit.active_to is not None else None
    transferred: list[Delivery] = []
    steps: list[Step] = []
    for delivery in deliveries:
        covering = _covering(delivery, own) if delivery.is_outstanding else None
        if covering is not None:
            delivery.superseded_at, delivery.superseded_by = at, covering
            superseded = SupersededData(
                unit=unit.name,
                unit_id=unit.pk,
                to=successor.name,
                to_id=successor.pk,
                closed_on=closed_on,
                covered_by=str(covering.public_id),
            )
            steps.append(Step(delivery, superseded))
        else:
            # If the delivery returns to its own recipient, it has no successor any more.
            delivery.successor = None if successor.pk == delivery.agency_id else successor
            own.setdefault(delivery.circular_id, []).append(delivery)
            transferred.append(delivery)
            followed = PassedToSuccessorData(
                unit=unit.name,
                unit_id=unit.pk,
                to=successor.name,
                to_id=successor.pk,
                closed_on=closed_on,
                email=successor.email,
            )
            steps.append(Step(delivery, followed))
    Delivery.objects.bulk_update(deliveries, ["successor", "superseded_at", "superseded_by"])
    append_events(steps=steps, at=at, by=by, for_agency=successor)
    plan_reminders(deliveries=transferred, at=at)
    post(_notices(transferred, at))
    return Followed(len(transferred), len(deliveries) - len(transferred))


def _notices(transferred: Iterable[Delivery], at: datetime) -> Iterable[Notice | None]:
    """Confirmed deliveries are notified at once, because a digest omits confirmed letters."""
    for delivery in transferred:
        urgent = delivery.circular.urgency == Urgency.URGENT
        yield letter_notice(delivery, urgent=urgent or delivery.is_unanswered, at=at)


def _still_owing(on: date) -> AgencyQuerySet:
    """Closed units with a successor that still owe something. Asked per unit, to use the partial indexes."""
    its_own = Delivery.objects.alias(unit=answering()).filter(unit=OuterRef("pk"))
    owed = (its_own.outstanding(), its_own.unanswered())
    owes = Q()
    for deliveries in owed:
        owes |= Q(Exists(deliveries))
    return Agency.objects.filter(owes, active_to__lte=on, successor__isnull=False)


def _active_successor(unit: Agency, on: date) -> Agency | None:
    """The first active unit in the chain of successors, locked; None if there is none."""
    following = unit
    seen = {unit.pk}
    while not following.is_active(on) and following.successor_id is not None:
        if following.successor_id in seen:
            return None
        seen.add(following.successor_id)
        following = Agency.objects.select_for_update(no_key=True).get(pk=following.successor_id)
    return following if following.pk != unit.pk and following.is_active(on) else None


def _live_copies(successor: Agency, circulars: Iterable[int]) -> dict[int, list[Delivery]]:
    """Live deliveries of these letters that the successor answers for, by circular."""
    own: dict[int, list[Delivery]] = {}
    found = Delivery.objects.answered_by(successor).filter(
        circular__in=list(circulars), returned_at=None, withdrawn_at=None, superseded_at=None
    )
    for delivery in found:
        own.setdefault(delivery.circular_id, []).append(delivery)
    return own


def _covering(delivery: Delivery, own: dict[int, list[Delivery]]) -> Delivery | None:
    """The successor's own delivery of the letter that covers this one. Bilgi doesn't cover Gereği.

    A direct delivery isn't covered by one that was transferred on, since the issuer counts only direct ones.
    """
    for mine in own.get(delivery.circular_id, ()):
        if delivery.parent_id is None and mine.parent_id is not None:
            continue
        if mine.pk != delivery.pk and mine.purpose in (Purpose.ACTION, delivery.purpose):
            return mine
    return None
