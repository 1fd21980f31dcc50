"""Send by another channel what waits for one that stands still, at the sender's request."""

from datetime import datetime
from functools import partial

from django.db import transaction

from agencies.models import User
from circulars.models import Circular
from distribution.event_log import SentAnotherWayData, Step, append_events, sender
from distribution.models import ChannelStatus, Delivery, Notice, NoticeKind, NoticeState
from distribution.models.bulk import update_many
from distribution.outbox.wake_up import wake_workers
from distribution.queries.sending.standing_channels import other_way, standing_for_long, waiting_for

MOVED_COLUMNS = ("channel", "address", "state", "bundle", "attempts", "next_attempt_at", "last_error")


@transaction.atomic
def send_another_way(*, circular: Circular, by: User, at: datetime) -> int:
    """Let the letter's notices that wait for a channel which has stood still for long leave by the unit's next one.

    Members of a digest leave on their own. A unit without another channel goes on waiting. Returns the number of
    notices.
    """
    standing = [status.channel for status in standing_for_long(at=at)]
    suspended = set(ChannelStatus.objects.suspended().values_list("channel", flat=True))
    waiting = waiting_for(standing).filter(delivery__circular=circular)
    carriers = waiting.filter(bundle__isnull=False).order_by().values("bundle")
    list(Notice.objects.filter(pk__in=carriers).select_for_update(no_key=True).order_by("pk"))
    notices = waiting.select_for_update(of=("self",), no_key=True).select_related("agency", "bundle")
    moved: list[tuple[Notice, str]] = []
    for notice in notices:
        assert notice.agency is not None
        before = notice.carrier.channel
        way = other_way(notice.agency, suspended, letter=circular.pk)
        if way is None:
            continue
        notice.channel, notice.address = way
        notice.state, notice.bundle, notice.attempts = NoticeState.WAITING, None, 0
        notice.next_attempt_at, notice.last_error = at, ""
        moved.append((notice, before))
    update_many([notice for notice, _before in moved], MOVED_COLUMNS)
    concerned = {notice.delivery_id or 0 for notice, _before in moved}
    locked = Delivery.objects.filter(pk__in=concerned).select_for_update(no_key=True).order_by("pk").in_bulk()
    actor = sender(by, circular, at)
    append_events(
        steps=[
            Step(
                locked[notice.delivery_id or 0],
                SentAnotherWayData(
                    actor=actor,
                    channel=before,
                    other=notice.channel,
                    address=notice.address,
                    notice=notice.kind if notice.kind != NoticeKind.LETTER else None,
                ),
            )
            for notice, before in moved
        ],
        at=at,
        by=by,
    )
    transaction.on_commit(partial(wake_workers, len(moved)))
    return len(moved)
