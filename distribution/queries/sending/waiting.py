"""How many notices wait for each channel, and until when."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Min, Q

from agencies.models.contact_details.channel import channel_label
from distribution.models import Notice, NoticeState


@dataclass(frozen=True)
class Waiting:
    """The waiting notices of one channel: due ones, those that are tried again later, those whose time comes later."""

    channel: str
    due: int
    oldest: datetime | None
    """Since when the first of the due waits."""

    delayed: int
    """Those that were not accepted before."""

    next_try_at: datetime | None
    later: int
    """Those that keep to working time or to a rate limit."""

    first_at: datetime | None

    @property
    def label(self) -> str:
        return channel_label(self.channel)

    @property
    def can_be_sent_now(self) -> bool:
        return bool(self.due or self.delayed)


def waiting_by_channel(*, at: datetime) -> list[Waiting]:
    """Channels with waiting notices, the longest waiting first."""
    due, refused = Q(next_attempt_at__lte=at), ~Q(last_error="")
    counted = (
        Notice.objects.filter(state=NoticeState.WAITING)
        .order_by()
        .values("channel")
        .annotate(
            due=Count("pk", filter=due),
            oldest=Min("next_attempt_at", filter=due),
            delayed=Count("pk", filter=~due & refused),
            next_try_at=Min("next_attempt_at", filter=~due & refused),
            later=Count("pk", filter=~due & ~refused),
            first_at=Min("next_attempt_at", filter=~due & ~refused),
        )
        .order_by(F("oldest").asc(nulls_last=True), "channel")
    )
    return [Waiting(**each) for each in counted]
