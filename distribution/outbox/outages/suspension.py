"""Suspend a channel that accepts nothing, try it again on its own schedule, and resume when it works.

A fault of the channel as a whole counts for no notice. Refusals that may concern the recipient only are kept
until the channel accepts another message (then they were the recipients'), or until
REFUSALS_BEFORE_SUSPENSION of them came in a row (then it is the channel's fault). Recipients that don't exist are
kept until UNKNOWN_BEFORE_SUSPENSION came in a row: then the relay has lost its list.
"""

import logging
from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from distribution.models import ChannelStatus, Notice, NoticeState
from distribution.models.notices.channel_status import NEVER_PERMANENT, REFUSALS_BEFORE_SUSPENSION, Fault
from distribution.outbox.channels import ChannelError, ChannelUnavailable, PermanentFailure, TemporaryFailure
from distribution.outbox.channels.registry import sender_of, sending_codes
from distribution.outbox.outages.lost_connection import retry_on_lost_connection
from distribution.outbox.record import record_failure
from distribution.outbox.wake_up import wake_workers

logger = logging.getLogger(__name__)

UNKNOWN_BEFORE_SUSPENSION = 10

AFTER_SUCCESS = {
    "refusals": 0,
    "suspended_at": None,
    "fault": "",
    "answer": "",
    "tries": 0,
    "tried_at": None,
    "next_try_at": None,
}


class ChannelWatch:
    """The outcomes of one task on one channel."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.is_suspended = False
        self.is_try = False
        """Whether the channel is suspended and this task tries it."""

        self._works = False
        self._suspected_at: datetime | None = None
        self._suspects: list[tuple[Notice, ChannelError]] = []
        self._unknown: list[tuple[Notice, ChannelError]] = []

    def accepted(self, at: datetime) -> None:
        """The channel accepted a message: it works, and what it refused before was the recipients' fault."""
        if not self._works:
            retry_on_lost_connection(partial(resume, channel=self.channel, at=at))
            self._works, self.is_try = True, False
        self._settle(at)

    def failed(self, notice: Notice, error: ChannelError, at: datetime) -> None:
        """Record the failure of a notice, or suspend the channel."""
        if isinstance(error, ChannelUnavailable):
            self._suspend([*(each for each, _error in self._suspects), notice], error, error.fault, at)
        elif isinstance(error, PermanentFailure) and error.nobody_there:
            self._unknown.append((notice, error))
            if len(self._unknown) >= UNKNOWN_BEFORE_SUSPENSION:
                notices = [each for each, _error in self._unknown]
                self._suspend(notices, error, Fault.RELAYING, at, is_certain=False)
        elif error.suspected is None or self._was_refused_alone(notice, error):
            record_failure(notice=notice, error=error, at=at)
        else:
            self._suspected_at = self._suspected_at if self._suspects else at
            self._suspects.append((notice, error))
            if len(self._suspects) + self._refusals_before() < REFUSALS_BEFORE_SUSPENSION:
                return
            if self._works_elsewhere():
                self._settle(at)
            else:
                suspects = [each for each, _error in self._suspects]
                self._suspend(suspects, error, error.suspected, at, is_certain=False)

    def _settle(self, at: datetime) -> None:
        """The channel works: what it refused is the notices' own failure."""
        suspects, self._suspects = self._suspects, []
        for notice, error in suspects:
            record_failure(notice=notice, error=_own(error), at=at)
        self._settle_unknown(at)

    def _settle_unknown(self, at: datetime) -> None:
        """So few recipients that don't exist are no fault of the channel."""
        unknown, self._unknown = self._unknown, []
        for notice, error in unknown:
            record_failure(notice=notice, error=error, at=at)

    def _was_refused_alone(self, notice: Notice, error: ChannelError) -> bool:
        """Whether the notice is refused again, while others were accepted before it in this task."""
        return self._works and bool(notice.last_error) and error.suspected not in NEVER_PERMANENT

    def _works_elsewhere(self) -> bool:
        """Whether another task has had a message accepted since the first of these refusals."""
        accepted = Notice.objects.unrecorded().filter(channel=self.channel, sent_at__gte=self._suspected_at)
        return retry_on_lost_connection(accepted.exists)

    def finish_batch(self, at: datetime) -> None:
        """A batch ends. Nobody knows yet whose fault the last refusals are: count them; their notices wait."""
        self._settle_unknown(at)
        if not self._suspects:
            return
        suspects = self._suspects
        if self.is_try:
            _notice, error = suspects[-1]
            assert error.suspected is not None
            notices = [each for each, _error in suspects]
            self._suspend(notices, error, error.suspected, at, is_certain=False)
            return
        works = self._works or not self._refusals_before()
        self._suspects, self._works = [], False
        for notice, error in suspects:
            if works and notice.attempts > 1:  # others were accepted since its last attempt
                record_failure(notice=notice, error=_own(error), at=at)
            else:
                record_failure(notice=notice, error=TemporaryFailure(str(error)), at=at)
                retry_on_lost_connection(partial(count_refusal, channel=self.channel))

    def _refusals_before(self) -> int:
        if self._works or self.is_try:
            return 0
        rows = ChannelStatus.objects.filter(channel=self.channel).values_list("refusals", flat=True)
        return retry_on_lost_connection(rows.first) or 0

    def _suspend(
        self,
        notices: Collection[Notice],
        error: ChannelError,
        fault: Fault,
        at: datetime,
        *,
        is_certain: bool = True,
    ) -> None:
        notices = [*notices, *(each for each, _error in [*self._suspects, *self._unknown])]
        notices = list({notice.pk: notice for notice in notices}.values())
        self.is_suspended, self._works, self._suspects, self._unknown = True, False, [], []
        again = {} if is_certain else {"next_attempt_at": at}  # the next try takes others first
        retry_on_lost_connection(partial(_give_back, notices, str(error)[:500], again))
        retry_on_lost_connection(
            partial(
                suspend, channel=self.channel, fault=fault, answer=str(error), at=at, is_certain=is_certain
            )
        )


def _own(error: ChannelError) -> ChannelError:
    """The refusal as a failure of the notice alone. Some faults are never permanent."""
    return TemporaryFailure(str(error)) if error.suspected in NEVER_PERMANENT else error


def _give_back(notices: Collection[Notice], error: str, values: dict[str, datetime]) -> None:
    """Release these claimed notices without counting the attempt."""
    for notice in notices:
        Notice.objects.filter(pk=notice.pk, state=NoticeState.SENDING, claimed_at=notice.claimed_at).update(
            state=NoticeState.WAITING, claimed_at=None, attempts=F("attempts") - 1, last_error=error, **values
        )


@transaction.atomic
def suspend(*, channel: str, fault: Fault, answer: str, at: datetime, is_certain: bool = True) -> None:
    """Send nothing on the channel until its next try. A channel that is suspended already keeps its beginning."""
    ChannelStatus.objects.bulk_create([ChannelStatus(channel=channel)], ignore_conflicts=True)
    status = ChannelStatus.objects.select_for_update().get(channel=channel)
    if status.suspended_at is None:
        logger.error("Nothing can be sent by %s: %s (%s)", channel, fault.name, answer)
        status.suspended_at, status.tries = at, 1
    status.fault, status.answer, status.is_certain = fault, answer[:500], is_certain
    status.configuration = sender_of(channel).configuration()
    status.tried_at, status.next_try_at = at, status.next_after(at)
    status.save()


def count_refusal(*, channel: str) -> None:
    """Count a refusal that may be the channel's fault."""
    ChannelStatus.objects.bulk_create([ChannelStatus(channel=channel)], ignore_conflicts=True)
    ChannelStatus.objects.filter(channel=channel).update(refusals=F("refusals") + 1)


@transaction.atomic
def resume(*, channel: str, at: datetime) -> bool:
    """The channel works. If it was suspended, what it held up leaves now. Returns whether it was.

    Those notices have been due all the time; what waits for a reason of its own goes on waiting.
    """
    doubted = ChannelStatus.objects.filter(channel=channel).filter(
        Q(refusals__gt=0) | Q(suspended_at__isnull=False)
    )
    status = doubted.select_for_update().first()
    if status is None:
        return False
    doubted.update(**AFTER_SUCCESS)
    if status.suspended_at is None:
        return False
    logger.warning("%s works again; it was suspended since %s.", channel, status.suspended_at)
    due = Notice.objects.due(at).filter(channel=channel).count()
    transaction.on_commit(partial(wake_workers, due))
    return True


def bring_forward(notices: QuerySet[Notice], *, at: datetime) -> int:
    """Let notices that wait after a failed attempt leave now; this attempt isn't counted. Returns how many."""
    return (
        notices.filter(state=NoticeState.WAITING, next_attempt_at__gt=at)
        .exclude(last_error="")
        .update(next_attempt_at=at, attempts=Greatest(F("attempts") - 1, 0))
    )


def usable_codes() -> list[str]:
    """The channels on which workers send, without the suspended ones."""
    suspended = set(ChannelStatus.objects.suspended().values_list("channel", flat=True))
    return [code for code in sending_codes() if code not in suspended]


def is_try_due(*, at: datetime) -> bool:
    """Whether a suspended channel is to be tried."""
    return any(_is_due(status, at) for status in ChannelStatus.objects.suspended())


def take_due_tries(*, at: datetime) -> list[str]:
    """The suspended channels that this task has to try now. Each try is taken by one task."""
    taken = []
    for status in ChannelStatus.objects.suspended():
        if status.channel not in sending_codes() or not _is_due(status, at):
            continue
        before = status.tried_at
        status.tries += 1
        mine = ChannelStatus.objects.suspended().filter(channel=status.channel, tried_at=before)
        if mine.update(tries=status.tries, tried_at=at, next_try_at=status.next_after(at)):
            taken.append(status.channel)
    return taken


def _is_due(status: ChannelStatus, at: datetime) -> bool:
    """Its time has come, its settings have changed, or there is a message that was not refused yet."""
    if status.next_try_at is None or status.next_try_at <= at or status.tried_at is None:
        return True
    if status.channel not in sending_codes():
        return False
    if status.configuration != sender_of(status.channel).configuration():
        return True
    newer = Notice.objects.due(at).filter(channel=status.channel, next_attempt_at__gt=status.tried_at)
    return not status.is_certain and newer.exists()


def try_at_once(*, channels: Collection[str], at: datetime) -> bool:
    """Try these channels at the next opportunity. Returns False if one was tried only a moment ago."""
    statuses = list(ChannelStatus.objects.suspended().filter(channel__in=channels))
    ready = [status.channel for status in statuses if status.may_be_tried_by_hand(at)]
    ChannelStatus.objects.suspended().filter(channel__in=ready).update(next_try_at=at)
    return len(ready) == len(statuses)
