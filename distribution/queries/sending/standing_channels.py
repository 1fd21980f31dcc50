"""Notices of a letter that wait for a channel which has stood still for longer than the stated span."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

from agencies.models import Agency
from agencies.models.contact_details.channel import ChannelAddress
from circulars.models import Circular
from distribution.models import ChannelStatus, Notice, NoticeKind, NoticeState
from distribution.models.notices.notice_kind import ASKED_FOR_ANEW


@dataclass
class StandingChannel:
    """A suspended channel, and the units whose notices of the letter wait for it."""

    status: ChannelStatus
    first: Notice
    """The first of these notices."""

    elsewhere: list[Agency] = field(default_factory=list)
    """Those that can be told by another channel."""

    nowhere: list[Agency] = field(default_factory=list)
    """Those that can't."""

    @property
    def units(self) -> list[Agency]:
        return [*self.elsewhere, *self.nowhere]


def standing_for_long(*, at: datetime) -> list[ChannelStatus]:
    """Channels that have been suspended for OTHER_CHANNEL_AFTER_HOURS."""
    since = at - settings.OTHER_CHANNEL_AFTER
    return list(ChannelStatus.objects.suspended().filter(suspended_at__lte=since).order_by("channel"))


def waiting_for(channels: Collection[str]) -> QuerySet[Notice]:
    """Notices of letters that wait for these channels, by themselves or in a digest, in order of id.

    Those to direct recipients, and those of a withdrawal to units at any depth: what was passed on is its giver's. The
    digests are looked up first, since they are few: with a join, PostgreSQL reads all notices.
    """
    alone = Q(state=NoticeState.WAITING, channel__in=channels)
    digests = Notice.objects.filter(alone, kind=NoticeKind.DIGEST).order_by().values_list("pk", flat=True)
    bundled = Q(state=NoticeState.BUNDLED, bundle__in=list(digests))
    direct = Q(delivery__parent=None) | Q(kind=NoticeKind.WITHDRAWN)
    found = Notice.objects.filter(alone | bundled, direct, agency__isnull=False, delivery__isnull=False)
    return found.exclude(kind__in=ASKED_FOR_ANEW).order_by("pk")


def other_way(unit: Agency, suspended: Iterable[str], *, letter: int) -> ChannelAddress | None:
    """The unit's first open channel for the letter with this id that isn't suspended."""
    away = set(suspended)
    return next((each for each in unit.open_channels(letter=letter) if each.channel not in away), None)


def standing_channels(circular: Circular, *, at: datetime) -> list[StandingChannel]:
    """The channels on which the letter has stood still for long, each with its units. One query if there is none."""
    return standing_channels_of([circular.pk], standing_for_long(at=at)).get(circular.pk, [])


def standing_channels_of(
    letters: Collection[int], statuses: Collection[ChannelStatus]
) -> dict[int, list[StandingChannel]]:
    """The same for several letters, by their ids, and for these channels. Three queries; none without channels."""
    if not statuses:
        return {}
    status_of = {status.channel: status for status in statuses}
    suspended = set(ChannelStatus.objects.suspended().values_list("channel", flat=True))
    units = Prefetch("agency", Agency.objects.order_by())
    notices = waiting_for(status_of).filter(delivery__circular__in=letters)
    found: dict[int, dict[str, StandingChannel]] = {}
    placed: set[tuple[int, str, int]] = set()
    for notice in notices.select_related("bundle", "delivery").prefetch_related(units):
        assert notice.agency is not None
        assert notice.delivery is not None
        letter, channel = notice.delivery.circular_id, notice.carrier.channel
        standing = found.setdefault(letter, {}).setdefault(
            channel, StandingChannel(status_of[channel], first=notice)
        )
        if (letter, channel, notice.agency.pk) not in placed:
            placed.add((letter, channel, notice.agency.pk))
            way = other_way(notice.agency, suspended, letter=letter)
            (standing.elsewhere if way else standing.nowhere).append(notice.agency)
    return {letter: [each[code] for code in status_of if code in each] for letter, each in found.items()}
