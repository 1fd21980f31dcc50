"""For whom a person acts, in person or as a deputy (vekâlet, Y 17/10), on a given day."""

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
    """In whose role for the unit the user acts on that day: the own one, else an absent person's; None: in nobody's.

    One query for a role of one's own, which nearly everybody has; one more for a deputy.
    """
    with connection.cursor() as cursor:
        cursor.execute(OWN_ROLE, [user.pk, agency.pk, role, on, on])
        if cursor.fetchone():
            return user
    return deputy_of(user, agency, role, on)


def deputy_of(user: User, agency: Agency, role: Role, on: date) -> User | None:
    """The absent person for whom the user acts in this role for the unit; None if it is the user's own role.

    Put it into an event's data as `as_deputy_of`. One query.
    """
    held = Membership.objects.acted_by(user, on).filter(agency=agency, role=role)
    people = [membership.user for membership in held.select_related("user").order_by("pk")]
    return None if not people or user in people else people[0]


def units_managed_in_person(user: User, on: date) -> AgencyQuerySet:
    """Units whose deputies the person may name: those managed by an own role, and all for an administrator."""
    if user.is_superuser:
        return Agency.objects.all()
    own = Membership.objects.active(on).filter(user=user, role=Role.MANAGER)
    return Agency.objects.within(list(own.values_list("agency_id", flat=True)))


def deputyships_of(user: User, on: date) -> DeputyshipQuerySet:
    """What the person may see and end: as the absent one, as the deputy, or of a unit managed in person."""
    concerned = Q(absent=user) | Q(deputy=user) | Q(agency__in=units_managed_in_person(user, on))
    return Deputyship.objects.filter(concerned)


def may_stand_in(people: QuerySet[User], *, agency: Agency, by: User, on: date) -> QuerySet[User]:
    """Those of the people who may act for somebody of the unit: of the same institution, or with no role yet.

    Only an administrator may name a person of another institution.
    """
    if by.is_superuser:
        return people
    held = Membership.objects.active(on).filter(user=OuterRef("pk"))
    same = held.filter(agency__path__contains=agency.path[:1])
    return people.filter(Exists(same) | ~Exists(held))
