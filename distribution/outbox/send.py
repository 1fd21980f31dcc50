"""Send notices: claim a batch of rows, commit, send each outside any transaction, record the outcome.

1. ask each channel for its remaining rate, and claim at most that many due rows, oldest first
2. send them one by one; mark each as soon as the channel accepted it
3. record the batch's milestones and events in one transaction
4. repeat until the task's limit is reached or nothing is due
5. if a channel's rate limit leaves notices waiting, schedule a wake-up for when its window opens
"""

import logging
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Prefetch
from django.utils import timezone

from circulars.models import Circular
from distribution.models import Delivery, Notice, NoticeState
from distribution.models.bulk import update_many
from distribution.models.notice import BACKOFF
from distribution.models.notice_kind import NEVER_PAUSED
from distribution.outbox.channels import BaseChannel, ChannelError, TemporaryFailure
from distribution.outbox.channels.rate import is_exhausted, seconds_to_wait, take
from distribution.outbox.channels.registry import sender_of, sending_codes
from distribution.outbox.digest import is_wanted
from distribution.outbox.lost_connection import retry_on_lost_connection
from distribution.outbox.quiet_hours import earliest
from distribution.outbox.record import cancel, mark_sent, record_failure, record_remaining, record_sent
from distribution.outbox.wake_up import MESSAGES_PER_TASK, MOST_TASKS_AT_ONCE, wake_workers
from distribution.outbox.write import channel_today

logger = logging.getLogger(__name__)

NOT_MAILED = ("body", "source_text", "reading")
"""Long texts of a letter that no message contains."""

BATCH = 50
"""Rows claimed together. If the worker dies, they are delayed until the sweep releases them."""

CLAIM_FOR = timedelta(seconds=200)
"""A task starts no message after this many seconds: with one message's time-out it stays below the task's limit."""

SWEPT_EVERY = 60
"""Seconds between two sweeps, each of which wakes workers for what is due."""

RETRIED_COLUMNS = (
    "channel",
    "address",
    "state",
    "attempts",
    "next_attempt_at",
    "sent_at",
    "recorded_at",
    "bundle",
)

CIRCULARS = Prefetch("delivery__circular", Circular.objects.select_related("issuer").defer(*NOT_MAILED))
"""Cached for all notices of a letter."""


def send_due(*, limit: int = MESSAGES_PER_TASK) -> int:
    """Send up to `limit` due notices. Returns how many were attempted.

    Several workers may run this at once; each row is claimed by one of them. An error is recorded with its
    notice and doesn't stop the others.
    """
    tried, end = 0, timezone.now() + CLAIM_FOR
    with ExitStack() as open_channels:
        channels: dict[str, BaseChannel] = {}
        while tried < limit and timezone.now() < end:
            batch = retry_on_lost_connection(
                partial(claim_batch, at=timezone.now(), most=min(BATCH, limit - tried))
            )
            if not batch:
                break
            sent = []
            for number, notice in enumerate(batch):
                if timezone.now() >= end:
                    retry_on_lost_connection(partial(release, notices=batch[number:]))
                    break
                tried += 1
                if notice.channel not in channels:
                    channels[notice.channel] = open_channels.enter_context(sender_of(notice.channel)())
                if _send(notice, channels[notice.channel]):
                    sent.append(notice)
            record_sent(notices=sent, at=timezone.now())
    _wake_when_channels_open(timezone.now())
    return tried


def _send(notice: Notice, channel: BaseChannel) -> bool:
    """Send one claimed notice if it is still needed. Returns whether it was sent."""
    if not retry_on_lost_connection(partial(is_wanted, notice)):
        retry_on_lost_connection(partial(cancel, notice=notice))
        return False
    if _is_paused(notice):
        retry_on_lost_connection(partial(_put_aside, notice))
        return False
    at = timezone.now()
    if (morning := retry_on_lost_connection(partial(earliest, notice, at))) > at:
        retry_on_lost_connection(partial(release, notices=[notice], until=morning))
        return False
    try:
        channel.send(notice)
    except ChannelError as error:
        logger.warning("Notice %s to %s was not taken: %s", notice.pk, notice.address, error)
        record_failure(notice=notice, error=error, at=timezone.now())
        return False
    except Exception as error:
        logger.exception("Notice %s to %s could not be written", notice.pk, notice.address)
        fault = TemporaryFailure(f"{type(error).__name__}: {error}")
        record_failure(notice=notice, error=fault, at=timezone.now())
        return False
    return mark_sent(notice=notice, at=timezone.now())


def _put_aside(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk, state=NoticeState.SENDING, claimed_at=notice.claimed_at).update(
        state=NoticeState.PAUSED, claimed_at=None, attempts=F("attempts") - 1
    )


def _is_paused(notice: Notice) -> bool:
    return (
        notice.delivery is not None
        and notice.kind not in NEVER_PAUSED
        and notice.delivery.circular.paused_at is not None
    )


def claim_batch(*, at: datetime, most: int) -> list[Notice]:
    """Claim the notices that have been due longest and aren't claimed, as many as the channels' rates allow."""
    claimed = _claim(at, most)
    found = Notice.objects.filter(pk__in=claimed, state=NoticeState.SENDING, claimed_at=at)
    return list(
        found.select_related(
            "agency", "person", "delivery__agency", "delivery__successor", "delivery__parent"
        )
        .prefetch_related(CIRCULARS)
        .order_by("next_attempt_at", "pk")
    )


def _claim(at: datetime, most: int) -> list[int]:
    """Claim rows. If all rows found are on channels that are exhausted by now, try the other channels."""
    for _pass in sending_codes():
        claimed, found = _claim_once(at, most)
        if claimed or not found:
            return claimed
    return []


@transaction.atomic
def _claim_once(at: datetime, most: int) -> tuple[list[int], bool]:
    """The claimed rows, and whether any row was found."""
    due = (
        Notice.objects.due(at)
        .filter(channel__in=[code for code in sending_codes() if not is_exhausted(code)])
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_attempt_at", "pk")
        .values_list("pk", "channel")[:most]
    )
    found: dict[str, list[int]] = {code: [] for code in sending_codes()}
    for pk, channel in due:
        found[channel].append(pk)
    claimed = [pk for channel, rows in found.items() for pk in rows[: take(channel, len(rows))]]
    Notice.objects.filter(pk__in=claimed).update(
        state=NoticeState.SENDING, claimed_at=at, attempts=F("attempts") + 1
    )
    return claimed, any(found.values())


def _wake_when_channels_open(at: datetime) -> None:
    """Schedule a wake-up for notices delayed by a rate limit; windows longer than a minute are left to the sweep."""
    for channel in sending_codes():
        if is_exhausted(channel) and Notice.objects.due(at).filter(channel=channel).exists():
            seconds = seconds_to_wait(channel)
            if seconds is not None and seconds <= SWEPT_EVERY:
                wake_workers(MESSAGES_PER_TASK * MOST_TASKS_AT_ONCE, in_seconds=seconds)


def release(*, notices: list[Notice], until: datetime | None = None) -> int:
    """Release claimed notices that weren't started, for now or until that moment. Returns how many."""
    claimed = Notice.objects.filter(pk__in=[notice.pk for notice in notices], state=NoticeState.SENDING)
    later = {} if until is None else {"next_attempt_at": until}
    return claimed.update(state=NoticeState.WAITING, claimed_at=None, attempts=F("attempts") - 1, **later)


def release_stuck(*, at: datetime) -> int:
    """Release the notices of dead workers. They keep their due time and their Message-ID.

    Only the first notice of each batch was being sent, so only it counts the attempt. If its attempts are used
    up, perhaps because it crashes the worker, it is given up.
    """
    freed, exhausted = _release_stuck(at)
    for notice in exhausted:
        record_failure(notice=notice, error=TemporaryFailure("The worker died."), at=at)
    return freed


@transaction.atomic
def _release_stuck(at: datetime) -> tuple[int, list[Notice]]:
    stuck = Notice.objects.stuck(at).select_for_update(skip_locked=True)
    batches: dict[datetime | None, list[Notice]] = {}
    for notice in stuck.order_by("next_attempt_at", "pk"):
        batches.setdefault(notice.claimed_at, []).append(notice)
    begun = [batch[0] for batch in batches.values()]
    exhausted = [notice for notice in begun if notice.attempts > len(BACKOFF)]
    again = [notice.pk for notice in begun if notice not in exhausted]
    freed = Notice.objects.filter(pk__in=again).update(state=NoticeState.WAITING, claimed_at=None)
    return freed + release(notices=[notice for batch in batches.values() for notice in batch[1:]]), exhausted


@transaction.atomic
def retry_failed(*, circular: Circular, at: datetime, above: Delivery | None = None) -> int:
    """Retry failed notices at a user's request, to the current addresses.

    Concerns direct deliveries of the letter, or with `above` what was passed on directly from that delivery.
    Members of a failed digest are sent on their own. Returns the number of notices.
    """
    failed = list(
        Notice.objects.given_up()
        .filter(delivery__circular=circular, delivery__parent=above)
        .select_for_update(of=("self",))
        .select_related("agency", "person")
        .order_by("pk")
    )
    for notice in failed:
        notice.channel, notice.address = channel_today(notice)
        notice.state, notice.attempts, notice.next_attempt_at = NoticeState.WAITING, 0, at
        notice.sent_at = notice.recorded_at = notice.bundle = None
    update_many(failed, RETRIED_COLUMNS)
    transaction.on_commit(partial(wake_workers, len(failed)))
    return len(failed)


def sweep_notices(*, at: datetime) -> int:
    """Release stuck notices, wake workers, and record what remained. Returns the number of due notices.

    Recording comes last, so that a row that can't be recorded doesn't delay sending.
    """
    release_stuck(at=at)
    unpaused = Delivery.objects.filter(pk=OuterRef("delivery"), circular__paused_at=None)
    Notice.objects.filter(Exists(unpaused), state=NoticeState.PAUSED).update(state=NoticeState.WAITING)
    due = Notice.objects.due(at).count()
    wake_workers(due)
    record_remaining(before=at - timedelta(minutes=1), at=at)
    return due
