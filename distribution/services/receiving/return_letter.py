"""Return letters: the unit isn't the addressee (Y 32), or what it received isn't usable (Y 30/4).

1. lock the delivery; refuse if it can't be returned
2. record ground and reason
3. notify the unit that gave the letter, at once
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.calendar import calendar_for
from agencies.models import Agency, User
from agencies.models.succession import active_or_successor
from agencies.services.refusal import ActionRefused
from distribution.event_log import ReturnedData, Step, append_events
from distribution.models import Delivery, NoticeKind, ReturnGround
from distribution.models.bulk import update_many
from distribution.models.notices.notice_details import ReturnedDetails
from distribution.outbox.write import post, to_unit
from distribution.services.receiving.own_delivery import (
    Doer,
    absent_person,
    each_by_user,
    lock_own,
    lock_own_several,
    refuse_any,
    refuse_restricted,
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
    refuse_without_words(reason)
    found = lock_own(delivery, by=by)
    refuse_return(found)
    refuse_late_return(found, ground, at)
    absent = absent_person(by, found.answering_unit, at)
    record_returns(each_by_user([found], by, absent), at=at, ground=ground, reason=reason)
    return found


@transaction.atomic
def return_several(
    *, deliveries: Collection[UUID], agency: Agency, by: User, at: datetime, ground: str, reason: str
) -> list[Delivery]:
    """Return several letters of one unit with the same ground and reason, all or none.

    The number of queries doesn't depend on the number of letters. Raises like `return_letter`, with the letter's
    name, and for a restricted letter.
    """
    refuse_without_words(reason)
    found = lock_own_several(deliveries, agency=agency, by=by)
    refuse_any(found, refuse_return_with_others)
    last_days = last_days_to_refuse(found) if ground == ReturnGround.NOT_FIT else {}
    refuse_any(found, lambda each: refuse_late_return(each, ground, at, last_days.get(each.pk)))
    absent = absent_person(by, agency, at)
    record_returns(each_by_user(found, by, absent), at=at, ground=ground, reason=reason)
    return found


def refuse_return(delivery: Delivery) -> None:
    """Raise ActionRefused if the letter can't be returned."""
    refuse_unless_in_force(delivery, "ground")
    if delivery.completed_on_behalf:
        raise ActionRefused(
            "ground",
            _(
                "The sender has recorded an answer of your unit. Object to the record first, then return the letter."
            ),
        )
    if delivery.completed_at is not None:
        raise ActionRefused(
            "ground", _("The letter was answered already; an answered letter can't be returned.")
        )


def refuse_return_with_others(delivery: Delivery) -> None:
    """The same, for a reason that is given for other letters too."""
    refuse_return(delivery)
    refuse_restricted(delivery, "ground")


def refuse_without_words(reason: str) -> None:
    """Raise ActionRefused for a return without a reason."""
    if not reason.strip():
        raise ActionRefused("reason", _("Say why the letter is returned: the sender reads it."))


def refuse_late_return(delivery: Delivery, ground: str, at: datetime, last: date | None = None) -> None:
    """Raise ActionRefused for a letter returned as unusable after `last`, its last day for that (Y 30/4)."""
    if ground != ReturnGround.NOT_FIT:
        return
    last = last or last_day_to_refuse(delivery)
    if timezone.localdate(at) > last:
        raise ActionRefused(
            "ground",
            _(
                "This ground was possible until the end of %(day)s, the second working day after the letter"
                " reached the unit. Silence until then counts as acceptance (Y 30/4)."
            )
            % {"day": date_format(last, "SHORT_DATE_FORMAT")},
        )


def record_returns(
    returned: Sequence[tuple[Delivery, Doer]], *, at: datetime, ground: str, reason: str
) -> None:
    """Return deliveries of one unit, all by the same person, and tell whoever gave them.

    The caller must hold their row locks.
    """
    deliveries, first = [each for each, _doer in returned], returned[0][1]
    for each in deliveries:
        each.returned_at, each.return_ground, each.return_reason = at, ReturnGround(ground), reason.strip()
        each.next_reminder_at = None
    update_many(deliveries, ["returned_at", "return_ground", "return_reason", "next_reminder_at"])
    steps = [
        Step(
            each,
            ReturnedData(
                actor=doer.actor,
                ground=each.return_ground,
                reason=each.return_reason,
                via=doer.via,
                address=doer.address,
            ),
        )
        for each, doer in returned
    ]
    append_events(steps=steps, at=at, by=first.by, for_agency=deliveries[0].answering_unit)
    details = ReturnedDetails(
        name=first.actor.name,
        job_title=first.actor.job_title or "",
        reason=reason.strip(),
        by_link=first.by_link,
    )
    post(
        to_unit(
            active_or_successor(each.giver, timezone.localdate(at)) or each.giver,
            delivery=each,
            kind=NoticeKind.RETURNED,
            at=at,
            details=details,
        )
        for each in deliveries
    )


def last_day_to_refuse(delivery: Delivery) -> date:
    """The second working day, by the unit's province, after the letter reached the unit."""
    return last_days_to_refuse([delivery])[delivery.pk]


def last_days_to_refuse(deliveries: Sequence[Delivery]) -> dict[int, date]:
    """The same for several deliveries of one unit, by their ids; one calendar for all."""
    reached = {
        each.pk: timezone.localdate(each.reached_at or each.notified_at or each.created_at)
        for each in deliveries
    }
    first, last = min(reached.values()), max(reached.values())
    calendar = calendar_for(deliveries[0].answering_unit.province_id, first, last + LONGEST_HOLIDAY)
    return {pk: calendar.add_working_days(day, DAYS_TO_REFUSE) for pk, day in reached.items()}
