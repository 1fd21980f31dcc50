"""Send notices: claim a batch of rows, commit, send each outside any transaction, record the outcome.

1. ask each channel for its remaining rate, and claim at most that many due rows, oldest first
2. send them one by one; mark each as soon as the channel accepted it
3. record the batch's milestones and events in one transaction
4. repeat until the task's limit is reached or nothing is due
5. if a channel's rate limit leaves notices waiting, schedule a wake-up for when its window opens
"""

import logging
from collections import deque
from collections.abc import Collection
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Prefetch, When
from django.utils import timezone

from agencies.models.contact_details.channel import undeliverable_address
from agencies.services.contact_details.propose_address import is_refused
from circulars.models import Circular
from distribution.models import ChannelStatus, Delivery, Heartbeat, Notice, NoticeState
from distribution.models.notices.channel_status import OF_CONNECTIONS, REFUSALS_BEFORE_SUSPENSION
from distribution.models.notices.notice_kind import ASKED_FOR_ANEW, NEVER_PAUSED
from distribution.outbox.channels import (
    BaseChannel,
    ChannelError,
    ChannelUnavailable,
    PermanentFailure,
    TemporaryFailure,
)
from distribution.outbox.channels.rate import is_exhausted, seconds_to_wait, take
from distribution.outbox.channels.registry import sender_of, sending_codes
from distribution.outbox.claims import KeptClaim, make_claim, release, release_stuck
from distribution.outbox.digest import is_wanted
from distribution.outbox.outages.heartbeat import beat
from distribution.outbox.outages.lost_connection import retry_on_lost_connection
from distribution.outbox.outages.suspension import (
    ChannelWatch,
    is_try_due,
    resume,
    suspend,
    take_due_tries,
    usable_codes,
)
from distribution.outbox.quiet_hours import earliest
from distribution.outbox.record import cancel, mark_sent, record_failure, record_remaining, record_sent
from distribution.outbox.wake_up import MESSAGES_PER_TASK, MOST_TASKS_AT_ONCE, wake_workers

logger = logging.getLogger(__name__)

NOT_MAILED = ("body", "source_text", "reading")
"""Long texts of a letter that no message contains."""

BATCH = 50
"""Rows claimed together. If the worker dies, they are delayed until another one takes them over."""

CLAIM_FOR = timedelta(seconds=200)
"""A task starts no message after this many seconds: with one message's time-out it stays below the task's limit."""

RELOADED_AFTER = timedelta(seconds=2)
"""What is left of a batch is read again after this long: its letter may be withdrawn or paused meanwhile."""

SWEPT_EVERY = 60
"""Seconds between two sweeps, each of which wakes workers for what is due."""

OLDEST_FIRST = ("next_attempt_at", "pk")
UNTRIED_FIRST = Case(When(last_error="", then=0), default=1)
Order = tuple[str | Case, ...]

CIRCULARS = Prefetch("delivery__circular", Circular.objects.select_related("issuer").defer(*NOT_MAILED))
"""Cached for all notices of a letter."""


def send_due(*, limit: int = MESSAGES_PER_TASK) -> int:
    """Send up to `limit` due notices. Returns how many were attempted.

    Several workers may run this at once; each row is claimed by one of them. An error is recorded with its
    notice and doesn't stop the others. A channel that accepts nothing is suspended, and tried from time to time
    with a few notices.
    """
    end = timezone.now() + CLAIM_FOR
    with ExitStack() as open_channels, KeptClaim() as claim:
        task = SendingTask(open_channels, claim, end)
        for code in retry_on_lost_connection(partial(take_due_tries, at=timezone.now())):
            task.try_suspended(code)
        while task.tried < limit and timezone.now() < end:
            retry_on_lost_connection(partial(release_stuck, at=timezone.now()))
            batch = retry_on_lost_connection(
                partial(claim_batch, at=timezone.now(), most=min(BATCH, limit - task.tried))
            )
            if not batch:
                break
            task.send(batch)
    _wake_when_channels_open(timezone.now())
    return task.tried


class SendingTask:
    """One run of `send_due`: its open channels, and what became of the notices."""

    def __init__(self, open_channels: ExitStack, claim: KeptClaim, end: datetime) -> None:
        self.tried = 0
        self._claim = claim
        self._end = end
        self._open_channels = open_channels
        self._channels: dict[str, BaseChannel] = {}
        self._watches: dict[str, ChannelWatch] = {}

    def send(self, batch: list[Notice]) -> None:
        """Send claimed notices; release those that are not started."""
        sent, unstarted = [], []
        self._claim.begin(batch[0].claimed_at)
        left, loaded_at = deque(batch), timezone.now()
        while left:
            if timezone.now() - loaded_at > RELOADED_AFTER:
                left, loaded_at = deque(retry_on_lost_connection(partial(_load, left))), timezone.now()
                continue
            notice = left.popleft()
            watch = self._watch(notice.channel)
            if watch.is_suspended or timezone.now() >= self._end or not self._claim.holds:
                unstarted.append(notice)
                continue
            self.tried += 1
            if _send(notice, self._channel(notice.channel), watch):
                sent.append(notice)
        if unstarted:
            retry_on_lost_connection(partial(release, notices=unstarted))
        record_sent(notices=sent, at=timezone.now())
        for watch in self._watches.values():
            watch.finish_batch(timezone.now())
        self._claim.end()

    def try_suspended(self, code: str) -> None:
        """Try a suspended channel with a few notices, or with its connection alone if nothing is due.

        A channel that isn't set up any more is tried no longer: each notice goes on to the unit's next channel.
        """
        if not sender_of(code).is_open():
            retry_on_lost_connection(partial(resume, channel=code, at=timezone.now()))
            return
        batch = retry_on_lost_connection(
            partial(claim_batch, at=timezone.now(), most=REFUSALS_BEFORE_SUSPENSION, only=code)
        )
        if batch:
            self._watch(code).is_try = True
            self.send(batch)
            return
        fault: ChannelUnavailable | None = None
        try:
            self._channel(code).try_connection()
        except ChannelUnavailable as error:
            fault = error
        at = timezone.now()
        if fault is None:
            # Refusals of messages say nothing to a connection alone: those that wait are tried when they are due.
            if ChannelStatus.objects.filter(channel=code, fault__in=OF_CONNECTIONS).exists() or not _waits(
                code
            ):
                retry_on_lost_connection(partial(resume, channel=code, at=at))
        else:
            retry_on_lost_connection(
                partial(suspend, channel=code, fault=fault.fault, answer=str(fault), at=at)
            )

    def _channel(self, code: str) -> BaseChannel:
        if code not in self._channels:
            self._channels[code] = self._open_channels.enter_context(sender_of(code)())
        return self._channels[code]

    def _watch(self, code: str) -> ChannelWatch:
        return self._watches.setdefault(code, ChannelWatch(code))


def _send(notice: Notice, channel: BaseChannel, watch: ChannelWatch) -> bool:
    """Send one claimed notice if it is still needed. Returns whether it was sent."""
    if not retry_on_lost_connection(partial(is_wanted, notice)):
        retry_on_lost_connection(partial(cancel, notice=notice))
        return False
    if _is_paused(notice):
        retry_on_lost_connection(partial(_put_aside, notice))
        return False
    if (answer := retry_on_lost_connection(partial(_not_to_be_used, notice))) is not None:
        failure = PermanentFailure(answer)
        record_failure(notice=notice, error=failure, at=timezone.now())
        return False
    at = timezone.now()
    if (morning := retry_on_lost_connection(partial(earliest, notice, at))) > at:
        retry_on_lost_connection(partial(release, notices=[notice], until=morning))
        return False
    try:
        channel.send(notice)
    except ChannelError as error:
        logger.warning("Notice %s to %s was not taken: %s", notice.pk, notice.address, error)
        watch.failed(notice, error, timezone.now())
        return False
    except Exception as error:
        logger.exception("Notice %s to %s could not be written", notice.pk, notice.address)
        fault = TemporaryFailure(f"{type(error).__name__}: {error}")
        record_failure(notice=notice, error=fault, at=timezone.now())
        return False
    is_sent = mark_sent(notice=notice, at=timezone.now())
    watch.accepted(timezone.now())
    return is_sent


def _waits(code: str) -> bool:
    return Notice.objects.filter(channel=code, state=NoticeState.WAITING).exists()


def _not_to_be_used(notice: Notice) -> str | None:
    """Why nothing is sent to the address of the unit or person any more; None if it is, or a person waits."""
    if notice.kind in ASKED_FOR_ANEW:
        return None
    if notice.person is not None:
        closed = notice.person.undeliverable_address
        known = closed if closed and closed.address == notice.address else None
    elif notice.agency is not None:
        known = undeliverable_address(notice.agency, notice.channel, notice.address)
        if known is None and is_refused(notice.agency, notice.channel, notice.address):
            return "The directory administrator decided that this address isn't the unit's."
    else:
        known = None
    if known is None:
        return None
    return known.answer or "A person recorded that nobody is reached at this address."


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


def claim_batch(*, at: datetime, most: int, only: str | None = None) -> list[Notice]:
    """Claim the notices that have been due longest and aren't claimed, as many as the channels' rates allow.

    Notices of suspended channels are left, except with `only`, the channel to be tried: first those that it has
    not refused yet.
    """
    if only is None:
        claimed = _claim(at, most, usable_codes(), OLDEST_FIRST)
    else:
        claimed = _claim(at, most, [only], (UNTRIED_FIRST, *OLDEST_FIRST))
    return _load_claimed(claimed, at)


def _load(batch: Collection[Notice]) -> list[Notice]:
    """These claimed notices as they are by now, without those that are claimed no longer."""
    return _load_claimed([notice.pk for notice in batch], next(iter(batch)).claimed_at)


def _load_claimed(notices: Collection[int], claimed_at: datetime | None) -> list[Notice]:
    found = Notice.objects.filter(pk__in=notices, state=NoticeState.SENDING, claimed_at=claimed_at)
    return list(
        found.select_related(
            "agency", "person", "delivery__agency", "delivery__successor", "delivery__parent"
        )
        .prefetch_related(CIRCULARS)
        .order_by("next_attempt_at", "pk")
    )


def _claim(at: datetime, most: int, channels: Collection[str], order: Order) -> list[int]:
    """Claim rows. If all rows found are on channels that are exhausted by now, try the other channels."""
    for _pass in channels:
        claimed, found = _claim_once(at, most, channels, order)
        if claimed or not found:
            return claimed
    return []


@transaction.atomic
def _claim_once(at: datetime, most: int, channels: Collection[str], order: Order) -> tuple[list[int], bool]:
    """The claimed rows, and whether any row was found."""
    due = (
        Notice.objects.due(at)
        .filter(channel__in=[code for code in channels if not is_exhausted(code)])
        .select_for_update(skip_locked=True, of=("self",))
        .order_by(*order)
        .values_list("pk", "channel")[:most]
    )
    found: dict[str, list[int]] = {code: [] for code in channels}
    for pk, channel in due:
        found[channel].append(pk)
    claimed = [pk for channel, rows in found.items() for pk in rows[: take(channel, len(rows))]]
    if claimed:
        make_claim(at)
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


def sweep_notices(*, at: datetime) -> int:
    """Release stuck notices, wake workers, and record what remained. Returns the number of due notices on
    channels that are not suspended.

    Recording comes last, so that a row that can't be recorded doesn't delay sending.
    """
    release_stuck(at=at)
    unpaused = Delivery.objects.filter(pk=OuterRef("delivery"), circular__paused_at=None)
    Notice.objects.filter(Exists(unpaused), state=NoticeState.PAUSED).update(state=NoticeState.WAITING)
    due = Notice.objects.due(at).filter(channel__in=usable_codes()).count()
    wake_workers(due or int(is_try_due(at=at)))
    beat(job=Heartbeat.Job.SWEEP, at=at)
    record_remaining(before=at - timedelta(minutes=1), at=at)
    return due
