"""Who acts for which agency on a given day, in their own role or as a deputy (vekâlet, Y 17/10)."""

from collections.abc import Collection
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from agencies.models import Agency, AgencyQuerySet, Deputyship, Membership, Role, User
from agencies.models.deputy import DeputyshipQuerySet

OWN_ROLE = """
    SELECT 1 FROM agencies_membership
    WHERE user_id = %s AND agency_id = %s AND role = %s
      AND active_from <= %s AND (active_to IS NULL OR active_to > %s)
    LIMIT 1
"""


def holder(user: User, agency: Agency, role: Role, on: date) -> User | None:
    """The person whose role in the unit the user exercises that day: the user, else an absent person, else None.

    One query if the user holds the role, two for a deputy.
    """
    with connection.cursor() as cursor:
        cursor.execute(OWN_ROLE, [user.pk, agency.pk, role, on, on])
        if cursor.fetchone():
            return user
    return deputy_of(user, agency, role, on)


def deputy_of(user: User, agency: Agency, role: Role, on: date) -> User | None:
    """The absent person for whom the user acts in this role for the unit; None if it is the user's own role.

    Stored in an event's data as `as_deputy_of`. One query.
    """
    memberships = Membership.objects.acted_by(user, on).filter(agency=agency, role=role)
    people = [membership.user for membership in memberships.select_related("user").order_by("pk")]
    return None if not people or user in people else people[0]


def people_of(agencies: Collection[int], role: Role, on: date) -> dict[int, list[User]]:
    """Active people who exercise the role in each of the units that day, followed by their deputies. Two queries."""
    found: dict[int, list[User]] = {agency: [] for agency in agencies}
    memberships = (
        Membership.objects.active(on)
        .filter(role=role, agency__in=list(found), user__is_active=True)
        .select_related("user")
        .order_by("user_id")
    )
    for membership in memberships:
        found[membership.agency_id].append(membership.user)
    holders = {agency: set(people) for agency, people in found.items()}
    deputyships = Deputyship.objects.active(on).filter(agency__in=list(found), deputy__is_active=True)
    for rule in deputyships.select_related("absent", "deputy").order_by("pk"):
        people = found[rule.agency_id]
        if rule.absent in holders[rule.agency_id] and rule.deputy not in people:
            people.append(rule.deputy)
    return found


def units_managed_in_person(user: User, on: date) -> AgencyQuerySet:
    """Units whose deputies the person may appoint: those managed in an own role; every unit for an administrator."""
    if user.is_superuser:
        return Agency.objects.all()
    own = Membership.objects.active(on).filter(user=user, role=Role.MANAGER)
    return Agency.objects.within(list(own.values_list("agency_id", flat=True)))


def deputyships_of(user: User, on: date) -> DeputyshipQuerySet:
    """Deputyships that the user may see and end: as absentee, as deputy, or as manager of the unit."""
    concerned = Q(absent=user) | Q(deputy=user) | Q(agency__in=units_managed_in_person(user, on))
    return Deputyship.objects.filter(concerned)


def may_stand_in(people: QuerySet[User], *, agency: Agency, by: User, on: date) -> QuerySet[User]:
    """Filter `people` to those who may be deputy in the unit: members of the same institution, or of none.

    Only an administrator may appoint a member of another institution.
    """
    if by.is_superuser:
        return people
    memberships = Membership.objects.active(on).filter(user=OuterRef("pk"))
    same = memberships.filter(agency__path__contains=agency.path[:1])
    return people.filter(Exists(same) | ~Exists(memberships))
