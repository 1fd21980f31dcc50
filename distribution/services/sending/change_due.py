"""Extend the due time of a sent letter: for one recipient, or for all that haven't answered."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Urgency
from distribution.event_log import DueChangedData, Step, append_events, sender
from distribution.models import ChangeKind, CircularChange, Delivery, NoticeKind
from distribution.models.notice_kind import DueChangedDetails
from distribution.outbox.write import post, to_unit
from distribution.reminders.plan import plan_reminders
from distribution.services.receiving.extension import moment_words
from distribution.services.sending.withdraw import lock_sent


@transaction.atomic
def extend_due(
    *,
    circular: Circular,
    until: datetime,
    reason: str,
    by: User,
    at: datetime,
    delivery: Delivery | None = None,
) -> int:
    """Set a later due time for direct deliveries. Returns the number of recipients concerned.

    Without `delivery` it applies to all outstanding or unanswered ones due before `until`. Copies passed on,
    and the letter itself, keep their due time. Raises AlreadyWithdrawn, and ActionRefused if nobody is
    concerned.
    """
    locked = lock_sent(circular)
    if locked.urgency == Urgency.URGENT:
        raise ActionRefused("until", _("An ACELE letter is answered at once and has no due time."))
    if until <= at:
        raise ActionRefused("until", _("This time has passed already. Choose one that is still to come."))
    wanted = Delivery.objects.direct().filter(circular=locked)
    if delivery is not None:
        wanted = wanted.filter(pk=delivery.pk)
    owing = wanted.owing().filter(due_at__isnull=False)
    deliveries = list(
        owing.filter(due_at__lt=until)
        .select_for_update(of=("self",), no_key=True)
        .select_related("agency", "successor")
        .order_by("pk")
    )
    if not deliveries:
        raise ActionRefused("until", _why_nobody(owing.exists()))
    Delivery.objects.filter(pk__in=[each.pk for each in deliveries]).update(
        due_at=until, next_reminder_at=None, reminders_done=0
    )
    changed = DueChangedData(
        actor=sender(by, locked, at), due=moment_words(until), reason=reason.strip() or None
    )
    append_events(steps=[Step(each, changed) for each in deliveries], at=at, by=by, for_agency=locked.issuer)
    found = {"units": [deliveries[0].agency.name]} if delivery else {"count": len(deliveries)}
    CircularChange(
        circular=locked, kind=ChangeKind.DUE_CHANGED, at=at, by=by, data=changed.to_json() | found
    ).save()
    plan_reminders(deliveries=deliveries, at=at)
    post(
        to_unit(
            each.answering_unit,
            delivery=each,
            kind=NoticeKind.DUE_CHANGED,
            at=at,
            details=DueChangedDetails(due=changed.due, reason=changed.reason),
            in_digest=True,
        )
        for each in deliveries
    )
    return len(deliveries)


def _why_nobody(somebody_owes: bool) -> str:
    if somebody_owes:
        return _("Whoever owes something has until then anyway. Choose a later time.")
    return _("Nobody owes anything by a due time any more; there is nothing to extend.")
