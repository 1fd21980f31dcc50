"""Enter a deputyship (vekâlet, Y 17/10), and end it early."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.access import deputyships_of, may_stand_in, units_managed_in_person
from agencies.models import Agency, Deputyship, Membership, User
from agencies.services.refusal import ActionRefused

LONGEST = timedelta(days=366)


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
    """Let the deputy act for the absent person from the first to the last day, inclusive.

    The absent person, a manager of the unit or an administrator may enter it. Raises ActionRefused.
    """
    today = timezone.localdate(at)
    if by != absent and not units_managed_in_person(by, today).filter(pk=agency.pk).exists():
        raise ActionRefused(
            "absent", _("You may name a deputy only for yourself or in a unit that you manage.")
        )
    if deputy == absent:
        raise ActionRefused("deputy", _("Nobody is their own deputy: choose another person."))
    if not deputy.is_active:
        raise ActionRefused(
            "deputy", _("%(person)s can't sign in. Choose another person.") % {"person": deputy}
        )
    if not may_stand_in(User.objects.filter(pk=deputy.pk), agency=agency, by=by, on=today).exists():
        raise ActionRefused(
            "deputy",
            _(
                "%(person)s works for another institution. Choose somebody of this one, or ask an administrator."
            )
            % {"person": deputy},
        )
    if last_day < first_day:
        raise ActionRefused("last_day", _("The last day must not be before the first one."))
    if last_day < today:
        raise ActionRefused("last_day", _("The last day has passed already. Choose today or a later day."))
    if last_day - first_day > LONGEST:
        raise ActionRefused("last_day", _("At most a year at a time. Choose an earlier last day."))
    # Lock the absent person's row: concurrent entries of the same deputyship are serialised.
    User.objects.select_for_update(no_key=True).get(pk=absent.pk)
    memberships = Membership.objects.filter(user=absent, agency=agency, active_from__lte=last_day)
    if not memberships.filter(Q(active_to=None) | Q(active_to__gt=max(first_day, today))).exists():
        raise ActionRefused(
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
        raise ActionRefused(
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
    """End it at `at`. Idempotent.

    The absent person, the deputy, a manager of the unit or an administrator may end it. Raises
    Deputyship.DoesNotExist for anybody else.
    """
    locked = deputyships_of(by, timezone.localdate(at)).select_for_update(of=("self",)).get(pk=deputyship.pk)
    if locked.ended_at is None:
        locked.ended_at, locked.ended_by = at, by
        locked.save(update_fields=["ended_at", "ended_by"])
    return locked
