"""Return a letter: the unit isn't the addressee (Y 32), or what it received isn't usable (Y 30/4).

1. lock the delivery; refuse if it can't be returned
2. record ground and reason
3. notify the unit that gave the letter, at once
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.calendar import calendar_for
from agencies.models import User
from agencies.models.succession import active_or_successor
from agencies.services.refusal import ActionRefused
from distribution.event_log import ReturnedData, append_event
from distribution.models import Delivery, NoticeKind, ReturnGround
from distribution.models.notice_kind import ReturnedDetails
from distribution.outbox.write import post, to_unit
from distribution.services.receiving.own_delivery import (
    Doer,
    absent_person,
    by_user,
    lock_own,
    refuse_unless_in_force,
)

DAYS_TO_REFUSE = 2
"""Working days within which an unusable letter may be returned; afterwards it counts as accepted (Y 30/4)."""

LONGEST_HOLIDAY = timedelta(days=60)


@transaction.atomic
def return_letter(*, delivery: UUID, by: User, at: datetime, ground: str, reason: str) -> Delivery:
    """Return the letter with its ground and reason.

    Raises Delivery.DoesNotExist if the user may not act for the unit, and ActionRefused if it was answered,
    returned or withdrawn, or if the period for returning an unusable letter is over.
    """
    found = lock_own(delivery, by=by)
    refuse_return(found, at=at, ground=ground, reason=reason)
    absent = absent_person(by, found.answering_unit, at)
    record_return(found, by_user(by, found, absent), at=at, ground=ground, reason=reason)
    return found


def refuse_return(found: Delivery, *, at: datetime, ground: str, reason: str) -> None:
    """Raise ActionRefused if the delivery can't be returned on this ground."""
    if not reason.strip():
        raise ActionRefused("reason", _("Say why the letter is returned: the sender reads it."))
    refuse_unless_in_force(found, "ground")
    if found.completed_on_behalf:
        raise ActionRefused(
            "ground",
            _(
                "The sender has recorded an answer of your unit. Object to the record first, then return the letter."
            ),
        )
    if found.completed_at is not None:
        raise ActionRefused(
            "ground", _("The letter was answered already; an answered letter can't be returned.")
        )
    if ground == ReturnGround.NOT_FIT and timezone.localdate(at) > (last := last_day_to_refuse(found)):
        raise ActionRefused(
            "ground",
            _(
                "This ground was possible until the end of %(day)s, the second working day after the letter"
                " reached the unit. Silence until then counts as acceptance (Y 30/4)."
            )
            % {"day": date_format(last, "SHORT_DATE_FORMAT")},
        )


def record_return(found: Delivery, doer: Doer, *, at: datetime, ground: str, reason: str) -> None:
    """Return a locked delivery, and tell the unit that gave it."""
    reason = reason.strip()
    found.returned_at, found.return_ground, found.return_reason = at, ReturnGround(ground), reason
    found.next_reminder_at = None
    found.save(update_fields=["returned_at", "return_ground", "return_reason", "next_reminder_at"])
    data = ReturnedData(
        actor=doer.actor, ground=found.return_ground, reason=reason, via=doer.via, address=doer.address
    )
    append_event(delivery=found, data=data, at=at, by=doer.by, for_agency=found.answering_unit)
    giver = active_or_successor(found.giver, timezone.localdate(at)) or found.giver
    details = ReturnedDetails(name=doer.actor.name, job_title=doer.actor.job_title or "", reason=reason)
    post([to_unit(giver, delivery=found, kind=NoticeKind.RETURNED, at=at, details=details)])


def last_day_to_refuse(delivery: Delivery) -> date:
    """The second working day, by the unit's province, after the letter reached the unit."""
    reached = delivery.reached_at or delivery.notified_at or delivery.created_at
    day = timezone.localdate(reached)
    calendar = calendar_for(delivery.answering_unit.province_id, day, day + LONGEST_HOLIDAY)
    return calendar.add_working_days(day, DAYS_TO_REFUSE)
