"""Record the outcome of a notice: sent, to be retried, failed, or cancelled.

1. `mark_sent`: one UPDATE right after the channel accepted it, so that a dying worker loses at most one message
2. `record_sent`: milestones and events of the deliveries, for many notices at once; the sweep repeats it for
   the rest
3. `record_failure`: schedules a retry, or gives up and falls back to the unit's next channel

Lock order, the same as for a withdrawal: notices (digests before their members), then the units and then the people
whose address may be remembered as undeliverable, by id, then deliveries by id. Each step may be repeated on a fresh
connection if the connection to the database is lost.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from agencies.models import User
from agencies.services.contact_details.undeliverable import lock_people_with, lock_units_with
from distribution.event_log import (
    Actor,
    BouncedData,
    CodeSentData,
    DeferredData,
    EscalatedData,
    EventData,
    NoticeFailedData,
    NotifiedData,
    ReachedData,
    RemindedData,
    Step,
    UndeliverableData,
    append_event,
    append_events,
    moments_of_notification,
)
from distribution.models import Delivery, Notice, NoticeKind, NoticeState
from distribution.models.bulk import update_many
from distribution.models.notices.channel import channel_of
from distribution.models.notices.notice import BACKOFF
from distribution.models.notices.notice_details import (
    AddressDetails,
    CodeDetails,
    EscalationDetails,
    ReminderDetails,
    ReturnedDetails,
    ReturnTakenBackDetails,
)
from distribution.models.notices.notice_kind import TELLS_THE_UNIT, WITHIN_THE_UNIT
from distribution.outbox.ask_for_address import ask_for_address
from distribution.outbox.channels import ChannelError, PermanentFailure
from distribution.outbox.outages.lost_connection import retry_on_lost_connection
from distribution.outbox.quiet_hours import earliest
from distribution.outbox.write import fallback, post

logger = logging.getLogger(__name__)

HAS_LEFT = (NoticeState.SENT, NoticeState.SENDING, NoticeState.WAITING)
"""States in which a copy of the notice may have been sent, so that a report about it may arrive."""

BATCH_SIZE = 500

FULL_MAILBOX_WAIT = timedelta(hours=1)
"""Shortest time until a message is sent again that the recipient's server could not store."""

FailedEvent = type[NoticeFailedData] | type[BouncedData]

MARK_SENT = """
    UPDATE distribution_notice
    SET state = 'sent', sent_at = %s, claimed_at = NULL, last_error = '', recorded_at = NULL
    WHERE id = %s AND state NOT IN ('sent', 'failed')
"""


def mark_sent(*, notice: Notice, at: datetime) -> bool:
    """The channel accepted the notice. Returns False if it is marked already, or was given up because it bounced."""
    return retry_on_lost_connection(partial(_mark_sent, notice.pk, at))


def _mark_sent(notice: int, at: datetime) -> bool:
    # Raw SQL, since it runs once per message: a quarter of the time of the query set.
    with connection.cursor() as cursor:
        cursor.execute(MARK_SENT, [at, notice])
        return bool(cursor.rowcount)


def record_sent(*, notices: Collection[Notice], at: datetime) -> int:
    """Record the effect of sent notices on their deliveries, once each. Returns the number of notices recorded.

    Waits for notices that another transaction has locked. Those that it recorded or gave up aren't counted.
    """
    return _record(notices, at, skip_locked=False)


def _record(notices: Collection[Notice], at: datetime, *, skip_locked: bool) -> int:
    digests = [notice.pk for notice in notices if notice.kind == NoticeKind.DIGEST]
    single = [notice.pk for notice in notices if notice.kind != NoticeKind.DIGEST]
    return retry_on_lost_connection(partial(_record_sent, single, digests, at, skip_locked))


@transaction.atomic
def _record_sent(single: list[int], digests: list[int], at: datetime, skip_locked: bool) -> int:
    rows = (
        _locked_digests(digests, single, skip_locked) if digests else list(_unrecorded(single, skip_locked))
    )
    deliveries = _locked(row.delivery_id for row in rows if row.delivery_id)
    milestones: dict[int, Delivery] = {}
    steps: list[Step] = []
    for row in rows:
        if row.delivery_id is None or row.kind in WITHIN_THE_UNIT:
            continue
        delivery = deliveries[row.delivery_id]
        carrier = row.bundle or row
        moment = carrier.sent_at or at
        if row.kind in TELLS_THE_UNIT:
            changed = delivery.notified_at is None
            delivery.notified_at = delivery.notified_at or moment
            if channel_of(carrier.channel).proves_reached and delivery.reached_at is None:
                delivery.reached_at, changed = moment, True
            if changed:
                milestones[delivery.pk] = delivery
        steps.append(Step(delivery, _event_of(row, carrier), at=moment))
    update_many(list(milestones.values()), ["notified_at", "reached_at"])
    append_events(steps=steps, at=at)
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(state=NoticeState.SENT, recorded_at=at)
    return len(rows)


def _locked(deliveries: Iterable[int]) -> dict[int, Delivery]:
    locked = Delivery.objects.select_for_update(no_key=True).filter(pk__in=set(deliveries)).order_by("pk")
    return {delivery.pk: delivery for delivery in locked}


def _unrecorded(sent: list[int], skip_locked: bool) -> QuerySet[Notice]:
    """Lock the unrecorded ones among these notices, and wait for locked ones unless they are to be skipped.

    A lock says nothing about what its holder does: a claim that started before another worker's claim ended
    keeps the locks of rows that it doesn't take, until its transaction ends.
    """
    unrecorded = Notice.objects.unrecorded().filter(pk__in=sent).select_related("agency", "person")
    return unrecorded.select_for_update(skip_locked=skip_locked, of=("self",)).order_by("pk")


def _locked_digests(digests: list[int], single: list[int], skip_locked: bool) -> list[Notice]:
    """Lock the digests, then their members together with the single notices, each in order of id."""
    carriers = list(_unrecorded(digests, skip_locked))
    alone = Q(pk__in=single, state=NoticeState.SENT, recorded_at=None)
    carried = Q(bundle__in=carriers, state=NoticeState.BUNDLED)
    others = Notice.objects.filter(alone | carried).select_related("bundle", "agency", "person")
    return [*carriers, *others.select_for_update(of=("self",)).order_by("pk")]


def _event_of(row: Notice, carrier: Notice) -> EventData:
    """The event of a sent notice. Kinds without an event of their own get NOTIFIED with the kind's name."""
    channel, address, message_id = carrier.channel, carrier.address, carrier.message_id
    details = row.details
    told = str(row.agency or row.person or "")
    match details:
        case ReminderDetails():
            actor = Actor(details.by or "") if details.by_hand else None
            return RemindedData(channel=channel, address=address, message_id=message_id, actor=actor)
        case EscalationDetails():
            return EscalatedData(
                channel=channel,
                address=address,
                message_id=message_id,
                told=told,
                no_unit_above=details.no_unit_above,
            )
        case CodeDetails():
            return CodeSentData(channel=channel, address=address, message_id=message_id)
    return NotifiedData(
        channel=channel,
        address=address,
        message_id=message_id,
        notice=row.kind if row.kind != NoticeKind.LETTER else None,
        told=told if isinstance(details, ReturnedDetails | ReturnTakenBackDetails | AddressDetails) else None,
    )


def record_remaining(*, before: datetime, at: datetime) -> int:
    """Record what was sent before that moment and not recorded, because the worker died. Returns how many.

    Locked notices are skipped, so that they don't delay the sweep; the log names them, the next sweep retries.
    """
    count = 0
    while left := list(
        Notice.objects.unrecorded().filter(sent_at__lt=before).order_by("sent_at")[:BATCH_SIZE]
    ):
        written = _record(left, at, skip_locked=True)
        count += written
        if not written:
            logger.warning("Sent, but locked and not recorded: notices %s", [notice.pk for notice in left])
            break
    return count


def record_failure(*, notice: Notice, error: ChannelError, at: datetime) -> None:
    """Schedule a retry; give up if the error is permanent or the attempts are used up.

    Does nothing if the notice is no longer claimed by the claim that failed.
    """
    retry_on_lost_connection(partial(_record_failure, notice, error, at))


@transaction.atomic
def _record_failure(notice: Notice, error: ChannelError, at: datetime) -> None:
    if isinstance(error, PermanentFailure) or notice.attempts > len(BACKOFF):
        is_missing = isinstance(error, PermanentFailure) and error.nobody_there
        current = lock_notice(notice=notice, with_units=is_missing)
        if current.state == NoticeState.SENDING and current.claimed_at == notice.claimed_at:
            answer = str(error) if is_missing else None
            give_up(notice=current, reason=str(error), at=at, nobody_there=answer)
        return
    Notice.objects.filter(pk=notice.pk, state=NoticeState.SENDING, claimed_at=notice.claimed_at).update(
        state=NoticeState.WAITING,
        next_attempt_at=earliest(notice, at + BACKOFF[notice.attempts - 1]),
        claimed_at=None,
        last_error=str(error)[:500],
    )


def lock_notice(*, notice: Notice, with_units: bool = False) -> Notice:
    """Lock and reload the notice with its members and the deliveries concerned.

    `with_units`: also its unit, and the units and people that have its address, which may be remembered as
    undeliverable.
    """
    rows = Notice.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("agency", "person").get(pk=notice.pk)
    carried = rows.filter(bundle=locked).order_by("pk")
    members = list(carried)
    if with_units:
        lock_units_with(channel=locked.channel, address=locked.address, wrote_to=locked.agency)
        lock_people_with(locked.address)
    _locked(each.delivery_id for each in (locked, *members) if each.delivery_id)
    return locked


@transaction.atomic
def give_up(
    *,
    notice: Notice,
    reason: str,
    at: datetime,
    event: FailedEvent = NoticeFailedData,
    nobody_there: str | None = None,
    decided_by: User | None = None,
) -> Notice | None:
    """Mark a notice as failed, even after it was sent, and fall back to the unit's next channel if there is one.

    Returns the replacement or None. The members of a digest move to the replacement, or fail as well.
    `nobody_there` is what the server said of an address that reaches nobody: it is not used any more, and a
    unit's managers are asked for another. `decided_by` is the person who said so, None if the server did.
    """
    current = lock_notice(notice=notice, with_units=nobody_there is not None)
    if current.state == NoticeState.FAILED:
        return None
    members = current.members.exclude(state=NoticeState.CANCELLED)
    concerned = [current, *members.select_related("delivery")]
    current.state = NoticeState.FAILED
    current.claimed_at = None
    current.last_error = reason[:500]
    current.save(update_fields=["state", "claimed_at", "last_error"])
    further = fallback(current, at=earliest(current, at))
    post([further])
    if further is not None:
        members.update(bundle=further, state=NoticeState.BUNDLED, recorded_at=None)
    else:
        members.update(state=NoticeState.FAILED, last_error=reason[:500])
    failed = event(
        channel=current.channel,
        address=current.address,
        error=reason[:500],
        message_id=current.message_id,
        falls_to=further.channel if further is not None else None,
    )
    append_events(steps=_steps(concerned, failed), at=at)
    _recompute_notified(each.delivery for each in concerned)
    if nobody_there is not None:
        ask_for_address(notice=current, answer=nobody_there, at=at, decided_by=decided_by)
    return further


@transaction.atomic
def defer(*, notice: Notice, reason: str, at: datetime) -> None:
    """The recipient's server reports that it could not store a sent message for now: send it again later.

    Once the attempts are used up it is given up. Does nothing if it isn't sent.
    """
    current = lock_notice(notice=notice)
    if current.state != NoticeState.SENT:
        return
    if current.attempts > len(BACKOFF):
        give_up(notice=current, reason=reason, at=at, event=BouncedData)
        return
    again = at + max(FULL_MAILBOX_WAIT, BACKOFF[max(current.attempts, 1) - 1])
    members = current.members.filter(state=NoticeState.SENT)
    concerned = [current, *members.select_related("delivery")]
    members.update(state=NoticeState.BUNDLED, recorded_at=None)
    Notice.objects.filter(pk=current.pk).update(
        state=NoticeState.WAITING,
        next_attempt_at=earliest(current, again),
        sent_at=None,
        recorded_at=None,
        last_error=reason[:500],
    )
    deferred = DeferredData(
        channel=current.channel,
        address=current.address,
        error=reason[:500],
        message_id=current.message_id,
    )
    append_events(steps=_steps(concerned, deferred), at=at)
    _recompute_notified(each.delivery for each in concerned)


def _steps(concerned: Iterable[Notice], event: UndeliverableData) -> list[Step]:
    """The event for the delivery of each notice that others may know of, with the notice's kind."""
    return [
        Step(each.delivery, event if each.kind == NoticeKind.LETTER else replace(event, notice=each.kind))
        for each in concerned
        if each.delivery and each.kind not in WITHIN_THE_UNIT
    ]


def _recompute_notified(deliveries: Iterable[Delivery | None]) -> None:
    """A unit whose only notice came back is no longer notified. The deliveries must be locked."""
    for delivery in deliveries:
        if (
            delivery
            and delivery.notified_at is not None
            and not moments_of_notification(delivery.events.order_by("sequence"))
        ):
            delivery.notified_at = None
            delivery.save(update_fields=["notified_at"])


def cancel(*, notice: Notice) -> None:
    """Cancel a notice that is no longer needed. A sent or failed one isn't changed."""
    open_still = Notice.objects.filter(pk=notice.pk).exclude(state__in=[NoticeState.SENT, NoticeState.FAILED])
    open_still.update(state=NoticeState.CANCELLED, claimed_at=None)


def append_reached(*, delivery: Delivery, at: datetime, data: ReachedData) -> None:
    """Record proof that the letter is in the mailbox: the milestone once, the event each time.

    The caller must hold the delivery's row lock.
    """
    if delivery.reached_at is None:
        delivery.reached_at = at
        delivery.notified_at = delivery.notified_at or at
        delivery.save(update_fields=["reached_at", "notified_at"])
    append_event(delivery=delivery, data=data, at=at)


def told_by(notice: Notice) -> list[Delivery]:
    """Lock the deliveries whose own unit is notified by this message; for a digest those of all its members.

    A message to a user or to another unit is no proof for the recipient.
    """
    told = [
        each.delivery_id
        for each in (notice, *notice.members.exclude(state=NoticeState.CANCELLED))
        if each.delivery_id is not None and each.kind in TELLS_THE_UNIT and each.person_id is None
    ]
    return list(Delivery.objects.select_for_update(no_key=True).filter(pk__in=told).order_by("pk"))
