"""Pause and resume the sending of a letter's notices."""

from datetime import datetime
from functools import partial

from django.db import transaction

from agencies.models import User
from circulars.models import Circular
from distribution.event_log import sender
from distribution.models import ChangeKind, CircularChange, Notice, NoticeState
from distribution.models.notices.notice_kind import NEVER_PAUSED
from distribution.outbox.wake_up import wake_workers
from distribution.services.follow_up.withdraw import lock_sent


@transaction.atomic
def pause(*, circular: Circular, by: User, at: datetime) -> int:
    """Pause the notices that aren't sent yet. Returns their number; pausing again changes nothing.

    A notice that a worker has claimed is still sent. Raises AlreadyWithdrawn.
    """
    locked = lock_sent(circular)
    if locked.paused_at is not None:
        return 0
    locked.paused_at = at
    locked.save(update_fields=["paused_at"])
    paused = (
        Notice.objects.filter(delivery__circular=locked, state=NoticeState.WAITING)
        .exclude(kind__in=NEVER_PAUSED)
        .update(state=NoticeState.PAUSED)
    )
    CircularChange(
        circular=locked,
        kind=ChangeKind.PAUSED,
        at=at,
        by=by,
        data={"count": paused} | sender(by, locked, at).to_json(),
    ).save()
    return paused


@transaction.atomic
def resume(*, circular: Circular, by: User, at: datetime) -> int:
    """Resume sending. Returns the number of notices; resuming again changes nothing. Raises AlreadyWithdrawn."""
    locked = lock_sent(circular)
    if locked.paused_at is None:
        return 0
    locked.paused_at = None
    locked.save(update_fields=["paused_at"])
    freed = Notice.objects.filter(delivery__circular=locked, state=NoticeState.PAUSED).update(
        state=NoticeState.WAITING
    )
    CircularChange(
        circular=locked,
        kind=ChangeKind.RESUMED,
        at=at,
        by=by,
        data={"count": freed} | sender(by, locked, at).to_json(),
    ).save()
    transaction.on_commit(partial(wake_workers, freed))
    return freed
