"""Deputies (vekâlet, Y 17/10): who stands in for whom in which unit, entered, ended early, and asked for.

A deputy has what the absent person's own memberships of that unit give, no more, and only while both last.
What a person may do as a deputy never lets them appoint deputies (docs/decisions/0011-deputies.md).
"""

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.deputy_models import DeputyshipQuerySet
from agencies.lifecycle import Refused
from agencies.models import Agency, AgencyQuerySet, Deputyship, Membership, Role, User

LONGEST = timedelta(days=366)

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


@transaction.atomic
def enter_deputyship(
    *,
    agency: Agency,
    absent: User,
    deputy: User,
    first_day: date,
    last_day: date,
    reason: str,
    by: User,
    at: datetime,
) -> Deputyship:
    """Let the deputy act for the absent person from the first to the last day, both included.

    The person themself may enter it, a manager of the unit, or an administrator. Raises Refused.
    """
    today = timezone.localdate(at)
    if by != absent and not units_managed_in_person(by, today).filter(pk=agency.pk).exists():
        raise Refused("absent", _("You may name a deputy only for yourself or in a unit that you manage."))
    if deputy == absent:
        raise Refused("deputy", _("Nobody is their own deputy: choose another person."))
    if not deputy.is_active:
        raise Refused("deputy", _("%(person)s can't sign in. Choose another person.") % {"person": deputy})
    if not may_stand_in(User.objects.filter(pk=deputy.pk), agency=agency, by=by, on=today).exists():
        raise Refused(
            "deputy",
            _(
                "%(person)s works for another institution. Choose somebody of this one, or ask an administrator."
            )
            % {"person": deputy},
        )
    if last_day < first_day:
        raise Refused("last_day", _("The last day must not be before the first one."))
    if last_day < today:
        raise Refused("last_day", _("The last day has passed already. Choose today or a later day."))
    if last_day - first_day > LONGEST:
        raise Refused("last_day", _("At most a year at a time. Choose an earlier last day."))
    # The absent person's row is the lock: two people entering the same deputyship take turns.
    User.objects.select_for_update(no_key=True).get(pk=absent.pk)
    held = Membership.objects.filter(user=absent, agency=agency, active_from__lte=last_day)
    if not held.filter(Q(active_to=None) | Q(active_to__gt=max(first_day, today))).exists():
        raise Refused(
            "absent",
            _("%(person)s holds no role in %(unit)s in that time, so there is nothing to stand in for.")
            % {"person": absent, "unit": agency},
        )
    overlapping = Deputyship.objects.filter(
        agency=agency,
        absent=absent,
        deputy=deputy,
        ended_at=None,
        active_from__lte=last_day,
        active_to__gt=first_day,
    ).first()
    if overlapping is not None:
        raise Refused(
            "first_day",
            _("%(deputy)s stands in for %(absent)s from %(first)s to %(last)s already.")
            % {
                "deputy": deputy,
                "absent": absent,
                "first": date_format(overlapping.active_from, "SHORT_DATE_FORMAT"),
                "last": date_format(overlapping.last_day, "SHORT_DATE_FORMAT"),
            },
        )
    return Deputyship.objects.create(
        agency=agency,
        absent=absent,
        deputy=deputy,
        active_from=first_day,
        active_to=last_day + timedelta(days=1),
        reason=" ".join(reason.split()),
        entered_by=by,
        entered_at=at,
    )


@transaction.atomic
def end_deputyship(*, deputyship: Deputyship, by: User, at: datetime) -> Deputyship:
    """End it at this moment. Ending twice changes nothing.

    The absent person may, the deputy, a manager of the unit, an administrator. Raises Deputyship.DoesNotExist
    for everybody else.
    """
    locked = deputyships_of(by, timezone.localdate(at)).select_for_update(of=("self",)).get(pk=deputyship.pk)
    if locked.ended_at is None:
        locked.ended_at, locked.ended_by = at, by
        locked.save(update_fields=["ended_at", "ended_by"])
    return locked
