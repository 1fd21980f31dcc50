"""Sending notices: claim a row, commit, send outside any transaction, record what came of it."""

import logging
from datetime import datetime, timedelta
from functools import partial

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from circulars.models import Circular
from distribution.channels import ChannelError
from distribution.channels.email import EmailChannel
from distribution.evidence import append_event
from distribution.models import Delivery, EventKind, Notice, NoticeState
from distribution.models.notice import BACKOFF

logger = logging.getLogger(__name__)

SEND_DUE_NOTICES = "distribution.tasks.send_due_notices"
MESSAGES_PER_TASK = 100
MOST_TASKS_AT_ONCE = 8
CLAIM_FOR = timedelta(seconds=200)
"""A task claims nothing more after this time: with one message's time-out it stays below the task's time limit."""


def wake_workers(notices: int) -> None:
    """Ask workers to send what is due. If the queue is away, the sweep of the next minute does it."""
    for _ in range(min(-(-notices // MESSAGES_PER_TASK), MOST_TASKS_AT_ONCE)):
        try:
            current_app.send_task(SEND_DUE_NOTICES)
        except OperationalError as error:
            logger.warning("The queue can't be reached (%s); the sweep will send the notices.", error)
            return


def send_due(*, limit: int = MESSAGES_PER_TASK) -> int:
    """Send up to `limit` notices that are due, over one connection. Returns how many were tried.

    Several workers may do this at once: each row is claimed by one of them. Whatever goes wrong with one
    notice is recorded with that notice and doesn't stop the others.
    """
    tried, begin = 0, timezone.now()
    with EmailChannel() as channel:
        while tried < limit and timezone.now() - begin < CLAIM_FOR:
            notice = claim_next(at=timezone.now())
            if notice is None:
                break
            tried += 1
            try:
                channel.send(notice)
            except ChannelError as error:
                logger.warning("Notice %s to %s was not taken: %s", notice.pk, notice.address, error)
                record_failure(notice=notice, error=error, at=timezone.now())
            except Exception as error:
                logger.exception("Notice %s to %s could not be written", notice.pk, notice.address)
                fault = ChannelError(f"{type(error).__name__}: {error}", permanent=False)
                record_failure(notice=notice, error=fault, at=timezone.now())
            else:
                record_sent(notice=notice, at=timezone.now())
    return tried


@transaction.atomic
def claim_next(*, at: datetime) -> Notice | None:
    """Claim the notice that has been due longest, if there is one that nobody else holds."""
    notice = (
        Notice.objects.due(at)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("delivery__circular__issuer", "delivery__agency", "delivery__successor")
        .order_by("next_attempt_at", "pk")
        .first()
    )
    if notice is not None:
        notice.state = NoticeState.SENDING
        notice.claimed_at = at
        notice.attempts += 1
        notice.save(update_fields=["state", "claimed_at", "attempts"])
    return notice


@transaction.atomic
def record_sent(*, notice: Notice, at: datetime) -> None:
    """The channel took it: the delivery is notified, once."""
    delivery = Delivery.objects.select_for_update().get(pk=notice.delivery_id)
    recorded = (
        Notice.objects.filter(pk=notice.pk)
        .exclude(state=NoticeState.SENT)
        .update(state=NoticeState.SENT, sent_at=at, claimed_at=None, last_error="")
    )
    if not recorded:
        return
    if delivery.notified_at is None:
        delivery.notified_at = at
        delivery.save(update_fields=["notified_at"])
    append_event(
        delivery=delivery,
        kind=EventKind.NOTIFIED,
        at=at,
        data={"channel": notice.channel, "address": notice.address, "message_id": notice.message_id},
    )


@transaction.atomic
def record_failure(*, notice: Notice, error: ChannelError, at: datetime) -> None:
    """Plan the next attempt, or give up: for good at once if the error is permanent, else at the table's end.

    Nothing happens if the notice is no longer held by the claim that failed.
    """
    delivery = Delivery.objects.select_for_update().get(pk=notice.delivery_id)
    gives_up = error.permanent or notice.attempts > len(BACKOFF)
    wait = timedelta() if gives_up else BACKOFF[notice.attempts - 1]
    held = Notice.objects.filter(pk=notice.pk, state=NoticeState.SENDING, claimed_at=notice.claimed_at)
    recorded = held.update(
        state=NoticeState.FAILED if gives_up else NoticeState.WAITING,
        next_attempt_at=at + wait,
        claimed_at=None,
        last_error=str(error)[:500],
    )
    if recorded and gives_up:
        append_event(
            delivery=delivery,
            kind=EventKind.NOTICE_FAILED,
            at=at,
            data={"channel": notice.channel, "address": notice.address, "error": str(error)[:500]},
        )


def give_back_stuck(*, at: datetime) -> int:
    """Free the notices whose worker died; they were due when claimed and still are, with the same Message-ID.

    One that has used up its attempts, perhaps because it kills its worker, is given up instead.
    """
    for notice in Notice.objects.stuck(at).filter(attempts__gt=len(BACKOFF)):
        record_failure(notice=notice, error=ChannelError("The worker died.", permanent=False), at=at)
    return Notice.objects.stuck(at).update(state=NoticeState.WAITING, claimed_at=None)


@transaction.atomic
def retry_failed(*, circular: Circular, at: datetime) -> int:
    """A person asks for what was given up to be tried anew. Returns how many notices that concerns."""
    failed = Notice.objects.filter(delivery__circular=circular, state=NoticeState.FAILED)
    count = failed.update(state=NoticeState.WAITING, attempts=0, next_attempt_at=at)
    transaction.on_commit(partial(wake_workers, count))
    return count


def sweep(*, at: datetime) -> int:
    """Give back what is stuck and wake workers for everything due. Returns how many notices are due."""
    give_back_stuck(at=at)
    due = Notice.objects.due(at).count()
    wake_workers(due)
    return due
