"""Send at once what waits after failed attempts, at a user's request."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from circulars.models import Circular
from distribution.models import Notice, NoticeState
from distribution.models.notices.notice_kind import SEEN_BY_SENDERS
from distribution.outbox.outages.suspension import bring_forward, try_at_once
from distribution.outbox.wake_up import WakeUp, wake_after_commit


@dataclass(frozen=True)
class SentNow:
    """Number of notices that wait, whether a suspended channel was tried too recently, and the call to the workers."""

    notices: int
    tried_just_now: bool
    wake_up: WakeUp


@transaction.atomic
def send_now(*, circular: Circular, at: datetime) -> SentNow:
    """Let the waiting notices of the letter leave now, and try their channels again if these are suspended.

    A notice that waits for its unit's working time goes on waiting.
    """
    seen = Notice.objects.filter(delivery__circular=circular, kind__in=SEEN_BY_SENDERS)
    return _send_now(seen, at)


@transaction.atomic
def try_channel(*, channel: str, at: datetime) -> SentNow:
    """Try a suspended channel again, for an administrator."""
    return _send_now(Notice.objects.filter(channel=channel), at, channel)


def _send_now(notices: QuerySet[Notice], at: datetime, *channels: str) -> SentNow:
    bring_forward(notices, at=at)
    waiting = notices.filter(state=NoticeState.WAITING, next_attempt_at__lte=at)
    concerned = {*channels, *waiting.order_by().values_list("channel", flat=True).distinct()}
    tried = try_at_once(channels=concerned, at=at)
    count = waiting.count()
    return SentNow(count, tried_just_now=not tried, wake_up=wake_after_commit(max(count, 1)))
