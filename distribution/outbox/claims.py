"""Claims of workers on batches: renewed while the worker lives, taken over when it is dead.

A claim is renewed in a thread of the sending task, because one message may take longer than a claim holds. The
moments are those of the database, so that clocks which differ between machines do no harm.
"""

import logging
import threading
import time
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now
from django.utils import timezone

from distribution.models import Notice, NoticeState, SendingClaim
from distribution.models.notices.notice import BACKOFF, LONGEST_BATCH, STUCK_AFTER
from distribution.models.notices.sending_claim import RENEWED_EVERY
from distribution.outbox.channels import TemporaryFailure
from distribution.outbox.outages.lost_connection import retry_on_lost_connection
from distribution.outbox.record import record_failure
from distribution.outbox.wake_up import wake_workers

logger = logging.getLogger(__name__)


def make_claim(claimed_at: datetime) -> None:
    """Write the claim in the transaction that claims the notices."""
    renewed = database_moment(claimed_at)
    SendingClaim.objects.bulk_create(
        [SendingClaim(claimed_at=claimed_at, renewed_at=renewed)], ignore_conflicts=True
    )


class KeptClaim:
    """The claim of the batch that a task is sending. As a context manager it ends the thread."""

    def __init__(self) -> None:
        self._claimed_at: datetime | None = None
        self._renewed = 0.0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def begin(self, claimed_at: datetime | None) -> None:
        """Keep this claim from now on."""
        self._claimed_at, self._renewed = claimed_at, time.monotonic()
        if self._thread is None:
            self._thread = threading.Thread(target=self._renew_until_ended, daemon=True)
            self._thread.start()

    def end(self) -> None:
        """The batch is done."""
        claimed_at, self._claimed_at = self._claimed_at, None
        if claimed_at is None:
            return
        retry_on_lost_connection(SendingClaim.objects.filter(claimed_at=claimed_at).delete)

    @property
    def holds(self) -> bool:
        """Whether nobody may have taken the notices over. Asks no database."""
        return time.monotonic() - self._renewed < STUCK_AFTER.total_seconds()

    def _renew_until_ended(self) -> None:
        try:
            while not self._ended.wait(RENEWED_EVERY.total_seconds()):
                try:
                    self.renew()
                except (DatabaseError, InterfaceError) as error:
                    logger.warning("The claim on a batch could not be renewed: %s", error)
                    connection.close()
        finally:
            connection.close()

    def renew(self) -> None:
        """Renew the claim, unless somebody has taken it over."""
        claimed_at, begun = self._claimed_at, time.monotonic()
        if claimed_at is None:
            return
        if SendingClaim.objects.filter(claimed_at=claimed_at).update(renewed_at=Now()):
            self._renewed = begun
        elif self._claimed_at == claimed_at:
            self._renewed = -STUCK_AFTER.total_seconds()


def interrupted(notices: QuerySet[Notice], *, at: datetime, silent_for: timedelta) -> QuerySet[Notice]:
    """Claimed notices whose claim was not renewed for this long: their worker is dead."""
    claims = SendingClaim.objects.filter(claimed_at=OuterRef("claimed_at"))
    dead = claims.filter(renewed_at__lt=database_moment(at - silent_for))
    # Without a row it was claimed by a worker of an earlier release, or its claim was taken over halfway.
    unknown = ~Exists(claims) & Q(claimed_at__lt=at - LONGEST_BATCH)
    return notices.filter(Exists(dead) | unknown, state=NoticeState.SENDING)


def database_moment(at: datetime) -> CombinedExpression:
    """The moment `at` of this machine's clock, by the clock of the database."""
    return Now() + (at - timezone.now())


def release(*, notices: list[Notice], until: datetime | None = None) -> int:
    """Release claimed notices that weren't started, for now or until that moment. Returns how many."""
    claimed = Notice.objects.filter(pk__in=[notice.pk for notice in notices], state=NoticeState.SENDING)
    mine = claimed.filter(claimed_at__in={notice.claimed_at for notice in notices})
    later = {} if until is None else {"next_attempt_at": until}
    return mine.update(state=NoticeState.WAITING, claimed_at=None, attempts=F("attempts") - 1, **later)


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
    silent = SendingClaim.objects.filter(renewed_at__lt=database_moment(at - STUCK_AFTER))
    # A worker that renews at this moment waits here, and finds its claim gone.
    dead = [claim.pk for claim in silent.select_for_update(skip_locked=True).order_by("claimed_at")]
    unknown = ~Exists(SendingClaim.objects.filter(claimed_at=OuterRef("claimed_at")))
    lost = Q(claimed_at__in=dead) | (unknown & Q(claimed_at__lt=at - LONGEST_BATCH))
    stuck = Notice.objects.filter(lost, state=NoticeState.SENDING)
    batches: dict[datetime | None, list[Notice]] = {}
    # None is skipped: without its claim it would wait for LONGEST_BATCH.
    locked = stuck.select_for_update(of=("self",)).order_by("pk")
    for notice in sorted(locked, key=lambda notice: (notice.next_attempt_at, notice.pk)):
        batches.setdefault(notice.claimed_at, []).append(notice)
    begun = [batch[0] for batch in batches.values()]
    exhausted = [notice for notice in begun if notice.attempts > len(BACKOFF)]
    again = [notice.pk for notice in begun if notice not in exhausted]
    freed = Notice.objects.filter(pk__in=again).update(state=NoticeState.WAITING, claimed_at=None)
    freed += release(notices=[notice for batch in batches.values() for notice in batch[1:]])
    SendingClaim.objects.filter(pk__in=dead).delete()
    return freed, exhausted


def take_over(*, at: datetime) -> int:
    """Release the notices of dead workers and wake others for them. Returns how many."""
    freed = release_stuck(at=at)
    wake_workers(freed)
    return freed
