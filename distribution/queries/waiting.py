"""How many notices wait for each channel."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from agencies.models.channel import channel_label
from distribution.models import Notice


@dataclass(frozen=True)
class Waiting:
    """The due notices of one channel."""

    channel: str
    notices: int
    oldest: datetime

    @property
    def label(self) -> str:
        return channel_label(self.channel)


def waiting_by_channel(*, at: datetime) -> list[Waiting]:
    """Channels with due notices, the longest waiting first."""
    due = Notice.objects.due(at).order_by().values_list("channel")
    counted = due.annotate(notices=Count("pk"), oldest=Min("next_attempt_at")).order_by("oldest")
    return [Waiting(channel, notices, oldest) for channel, notices, oldest in counted]
