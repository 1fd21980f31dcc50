"""Sending notices: claim a batch of rows, commit, send each outside any transaction, record what came of it.

1. ask each channel how much may leave now, and claim at most that many due rows, oldest first
2. send them one by one; mark each as soon as the channel took it
3. record the batch's milestones and events in one transaction
4. go on until this task's limit is reached or nothing is due
5. if a channel's rate holds something up, have workers come back when its window opens
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
"""The long parts of a letter, which no message tells."""

BATCH = 50
"""Rows claimed together. A dying worker delays what it held until the sweep gives it back."""

CLAIM_FOR = timedelta(seconds=200)
"""A task sends nothing more after this time: with one message's time-out it stays below the task's time limit."""

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
"""Once for all the notices of a letter."""


def send_due(*, limit: int = MESSAGES_PER_TASK) -> int:
    """Send up to `limit` notices that are due. Returns how many were tried.

    Several workers may do this at once: each row is claimed by one of them. Whatever goes wrong with one
    notice is recorded with that notice and doesn't stop the others.
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
    _come_back_when_channels_open(timezone.now())
    return tried


def _send(notice: Notice, channel: BaseChannel) -> bool:
    """Send one claimed notice, unless there is no cause for it any more. True if it left."""
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
    """Claim the notices that have been due longest and that nobody else holds, as many as may leave now."""
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
    """The claimed rows. If all that was found waits for channels that are exhausted by now, look at the others."""
    for _pass in sending_codes():
        claimed, found = _claim_once(at, most)
        if claimed or not found:
            return claimed
    return []


@transaction.atomic
def _claim_once(at: datetime, most: int) -> tuple[list[int], bool]:
    """What was claimed, and whether anything was found."""
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


def _come_back_when_channels_open(at: datetime) -> None:
    """A worker comes back for what a rate holds up; a window longer than the sweep's minute is left to the sweep."""
    for channel in sending_codes():
        if is_exhausted(channel) and Notice.objects.due(at).filter(channel=channel).exists():
            seconds = seconds_to_wait(channel)
            if seconds is not None and seconds <= SWEPT_EVERY:
                wake_workers(MESSAGES_PER_TASK * MOST_TASKS_AT_ONCE, in_seconds=seconds)


def release(*, notices: list[Notice], until: datetime | None = None) -> int:
    """Give back what was claimed and not begun, for now or until that moment. Returns how many."""
    claimed = Notice.objects.filter(pk__in=[notice.pk for notice in notices], state=NoticeState.SENDING)
    later = {} if until is None else {"next_attempt_at": until}
    return claimed.update(state=NoticeState.WAITING, claimed_at=None, attempts=F("attempts") - 1, **later)


def give_back_stuck(*, at: datetime) -> int:
    """Free the notices whose worker died; they were due when claimed and still are, with the same Message-ID.

    The first one of each batch was under way, and the attempt counts for it alone. One that has used up its
    attempts, perhaps because it kills its worker, is given up instead.
    """
    freed, exhausted = _give_back_stuck(at)
    for notice in exhausted:
        record_failure(notice=notice, error=TemporaryFailure("The worker died."), at=at)
    return freed


@transaction.atomic
def _give_back_stuck(at: datetime) -> tuple[int, list[Notice]]:
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
    """A person asks for what was given up to be tried anew, at the address of today, since the old one may be why.

    Of what the issuer itself sent; with `above`, of what was passed on directly from that delivery instead.
    What failed in a digest leaves by itself. Returns how many notices that concerns.
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
    """Give back what is stuck, wake workers, and record what remained. Returns how many notices are due.

    Recording comes last, so that a row that can't be recorded holds up nothing that has to leave.
    """
    give_back_stuck(at=at)
    unpaused = Delivery.objects.filter(pk=OuterRef("delivery"), circular__paused_at=None)
    Notice.objects.filter(Exists(unpaused), state=NoticeState.PAUSED).update(state=NoticeState.WAITING)
    due = Notice.objects.due(at).count()
    wake_workers(due)
    record_remaining(before=at - timedelta(minutes=1), at=at)
    return due
