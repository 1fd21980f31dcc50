"""To whom a unit has assigned its copies: for lists, for reminders, and in the unit's history of a copy."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from agencies.access import people_of
from agencies.models import Agency, Role, User
from distribution.models import Assignment, Delivery
from distribution.models.deliveries.conditions import OUTSTANDING, UNANSWERED, answered_by
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.visibility import assignments_visible_to


@dataclass(frozen=True)
class ShownAssignment:
    """One assignment in a history, or its end."""

    at: datetime
    assignment: Assignment
    is_end: bool


def assignable(unit: Agency, *, on: date) -> list[User]:
    """People to whom the unit may assign: whoever receives for it that day, deputies included. Two queries."""
    return people_of([unit.pk], Role.RECIPIENT, on)[unit.pk]


def with_assignments(deliveries: Iterable[Delivery], *, on: date) -> list[Delivery]:
    """The deliveries with `assignment` set. Three queries for any number, one if nothing is assigned."""
    found = list(deliveries)
    standing = _standing(found, on)
    for delivery in found:
        delivery.assignment = standing.get(delivery.pk)
    return found


def assignees_of(deliveries: Collection[Delivery], *, on: date) -> dict[int, User]:
    """People to whom the deliveries are assigned, by id; without those who receive for the unit no more."""
    return {pk: each.person for pk, each in _standing(deliveries, on).items() if not each.has_left}


def _standing(deliveries: Collection[Delivery], on: date) -> dict[int, Assignment]:
    units = {delivery.pk: delivery.successor_id or delivery.agency_id for delivery in deliveries}
    found = list(
        Assignment.objects.standing()
        .filter(delivery__in=list(units))
        .select_related("person", "assigned_by", "assigned_for")
    )
    people = people_of({units[each.delivery_id] for each in found}, Role.RECIPIENT, on) if found else {}
    for each in found:
        each.has_left = each.person not in people[units[each.delivery_id]]
    return {each.delivery_id: each for each in found}


def assigned_to(deliveries: QuerySet[Delivery], person: User) -> QuerySet[Delivery]:
    """Those that are assigned to the person."""
    mine = Assignment.objects.standing().filter(delivery=OuterRef("pk"), person=person)
    return deliveries.filter(Exists(mine))


def assigned_to_nobody(deliveries: QuerySet[Delivery], unit: Agency, *, on: date) -> QuerySet[Delivery]:
    """Those of the unit that are assigned to nobody who receives for it that day."""
    people = assignable(unit, on=on)
    theirs = Assignment.objects.standing().filter(delivery=OuterRef("pk"), person__in=people)
    return deliveries.filter(~Exists(theirs))


def left_behind(received: DeliveryQuerySet, unit: Agency, *, on: date) -> int:
    """Number of letters that the unit owes and that are assigned to people who receive for it no more.

    One query, three if anything is assigned.
    """
    owed = received.filter(answered_by([unit.pk])).filter(Q(OUTSTANDING) | Q(UNANSWERED))
    assigned = Assignment.objects.standing().filter(delivery__in=owed.order_by().values("pk"))
    by_person = dict(assigned.order_by().values_list("person").annotate(Count("pk")))
    stay = {each.pk for each in assignable(unit, on=on)} if by_person else set()
    return sum(count for person, count in by_person.items() if person not in stay)


def assignments_of(delivery: Delivery, user: User) -> list[ShownAssignment]:
    """The assignments of the copy and the ends of those that no other one replaced, by time. One query."""
    rows = list(
        assignments_visible_to(user)
        .filter(delivery=delivery)
        .select_related("person", "assigned_by", "assigned_for", "ended_by")
    )
    found = [ShownAssignment(each.assigned_at, each, is_end=False) for each in rows]
    replaced = {each.assigned_at for each in rows}
    found += [
        ShownAssignment(each.ended_at, each, is_end=True)
        for each in rows
        if each.ended_at is not None and each.ended_at not in replaced
    ]
    return sorted(found, key=lambda each: each.at)
