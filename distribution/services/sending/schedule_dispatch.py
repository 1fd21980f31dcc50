"""Schedule a dispatch: the letter leaves by itself at a moment, and nothing has left until then.

1. `schedule_dispatch`: the draft gets the status `scheduled`, in which nobody can change it
2. `cancel_dispatch`: it is a draft again
3. `dispatch_scheduled`, every ten seconds: dispatch what is due; if the letter isn't what the person confirmed any
   more, it is a draft again and says why it was not sent, and the person who scheduled it is told by mail
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Membership, Role, User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Status
from circulars.services.draft import lock_draft
from distribution.models import NoticeKind, NotSentReason, ScheduledDispatch
from distribution.models.notices.notice_details import NotDispatchedDetails
from distribution.outbox.write import post, to_person
from distribution.services.sending.dispatch import ChangedSincePreflight, NotReady, check_confirmed, dispatch

FARTHEST = timedelta(days=366)
MOST_AT_ONCE = 50


class NotScheduled(Exception):
    """The letter isn't scheduled any more: it was dispatched, or its dispatch was cancelled."""


@transaction.atomic
def schedule_dispatch(
    *, circular: Circular, leaves_at: datetime, content_digest: str, by: User, at: datetime
) -> ScheduledDispatch:
    """Dispatch the draft at `leaves_at`, as it is now. Its preflight is that of that moment.

    Raises NotADraft, ActionRefused for a moment that has passed or is more than a year ahead, and NotReady and
    ChangedSincePreflight as `dispatch` does.
    """
    locked = lock_draft(circular)
    if leaves_at <= at:
        raise ActionRefused("leaves_at", _("This time has passed already. Choose one that is still to come."))
    if leaves_at - at > FARTHEST:
        raise ActionRefused("leaves_at", _("This is more than a year ahead. Choose an earlier day."))
    check_confirmed(locked, at=leaves_at, content_digest=content_digest)
    locked.status = Status.SCHEDULED
    locked.save(update_fields=["status"])
    found, _created = ScheduledDispatch.objects.update_or_create(
        circular=locked,
        defaults={
            "leaves_at": leaves_at,
            "by": by,
            "asked_at": at,
            "content_digest": content_digest,
            "failed_at": None,
            "reason": "",
        },
    )
    return found


@transaction.atomic
def cancel_dispatch(*, circular: Circular) -> Circular:
    """Make the letter a draft again. Nothing of it has left. Raises NotScheduled."""
    locked = _lock_scheduled(circular.pk)
    if locked is None:
        raise NotScheduled
    ScheduledDispatch.objects.filter(pk=locked.pk).delete()
    locked.status = Status.DRAFT
    locked.save(update_fields=["status"])
    return locked


@transaction.atomic
def dispatch_without_waiting(*, circular: Circular, by: User, at: datetime) -> ScheduledDispatch | None:
    """Dispatch a scheduled letter at once, by the person who asks for it now.

    Returns the scheduled dispatch with its reason if the letter could not be sent. Raises NotScheduled.
    """
    locked = _lock_scheduled(circular.pk)
    if locked is None:
        raise NotScheduled
    return _dispatch(locked, by=by, at=at)


def dispatch_scheduled(*, at: datetime) -> int:
    """Dispatch what is due, each letter in a transaction of its own. Returns the number of dispatched letters."""
    due = ScheduledDispatch.objects.due(at=at).order_by("leaves_at").values_list("pk", flat=True)
    return sum(_dispatch_due(pk, at) for pk in list(due[:MOST_AT_ONCE]))


@transaction.atomic
def _dispatch_due(pk: int, at: datetime) -> bool:
    locked = _lock_scheduled(pk, skip_locked=True)
    if locked is None or not ScheduledDispatch.objects.due(at=at).filter(pk=pk).exists():
        return False
    return _dispatch(locked, by=None, at=at) is None


def _dispatch(locked: Circular, *, by: User | None, at: datetime) -> ScheduledDispatch | None:
    """Dispatch the locked letter, by the person who scheduled it if `by` is None; otherwise note why not."""
    scheduled = ScheduledDispatch.objects.select_related("by").get(pk=locked.pk)
    locked.status = Status.DRAFT
    locked.save(update_fields=["status"])
    person = by or scheduled.by
    if not _sends_for(person, locked, at):
        return _failed(scheduled, NotSentReason.NO_SENDER, at, asked_now=by)
    try:
        with transaction.atomic():
            dispatch(circular=locked, by=person, at=at, content_digest=scheduled.content_digest)
    except NotReady:
        return _failed(scheduled, NotSentReason.BLOCKED, at, asked_now=by)
    except ChangedSincePreflight:
        return _failed(scheduled, NotSentReason.CHANGED, at, asked_now=by)
    scheduled.delete()
    return None


def _failed(
    scheduled: ScheduledDispatch, reason: NotSentReason, at: datetime, *, asked_now: User | None
) -> ScheduledDispatch:
    """Note why the letter was not sent, and tell by mail whom it concerns but for the person who sees it now."""
    scheduled.failed_at, scheduled.reason = at, reason
    scheduled.save(update_fields=["failed_at", "reason"])
    details = NotDispatchedDetails(
        circular=scheduled.pk,
        leaves_at=date_format(timezone.localtime(scheduled.leaves_at), "DATETIME_FORMAT"),
        reason=reason,
        failed_at=at,
    )
    people = [scheduled.by] if scheduled.by.is_active else []
    if reason == NotSentReason.NO_SENDER:
        people += _senders_of(scheduled.circular, at)
    post(
        to_person(person, delivery=None, kind=NoticeKind.NOT_DISPATCHED, at=at, details=details)
        for person in dict.fromkeys(people)
        if person != asked_now
    )
    return scheduled


def _senders_of(circular: Circular, at: datetime) -> list[User]:
    """Whoever sends for the letter's issuer by now."""
    senders = Membership.objects.active(timezone.localdate(at)).filter(
        agency=circular.issuer_id, role=Role.SENDER, user__is_active=True
    )
    return list(User.objects.filter(pk__in=senders.values("user")).order_by("pk"))


def _lock_scheduled(pk: int, *, skip_locked: bool = False) -> Circular | None:
    locking = Circular.objects.select_for_update(of=("self",), skip_locked=skip_locked)
    return locking.select_related("issuer").filter(pk=pk, status=Status.SCHEDULED).first()


def _sends_for(person: User, circular: Circular, at: datetime) -> bool:
    units = Membership.objects.agencies_of(person, Role.SENDER, timezone.localdate(at))
    return person.is_active and circular.issuer_id in set(units)
