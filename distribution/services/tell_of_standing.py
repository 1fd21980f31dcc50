"""Tell senders by mail which of their letters have waited for a suspended channel for long."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from agencies.models import Membership, Role, User
from agencies.models.contact_details.channel import Channel
from circulars.models import Circular
from distribution.models import ChannelStatus, Notice, NoticeKind
from distribution.models.notices.notice_details import ChannelAwayDetails
from distribution.outbox.write import post, to_person
from distribution.queries.sending.standing_channels import (
    StandingChannel,
    standing_channels,
    standing_for_long,
    waiting_for,
)


def tell_of_standing(*, at: datetime) -> int:
    """Tell whoever dispatched a letter, once for each suspension. Returns how many letters were told of.

    E-mail can't be told of by e-mail: that stands on the letter's page alone.
    """
    channels = [status.channel for status in standing_for_long(at=at) if status.channel != Channel.EMAIL]
    return sum(_tell_of(channel, at) for channel in channels)


@transaction.atomic
def _tell_of(channel: str, at: datetime) -> int:
    """The row of the channel is locked, so that two tasks don't tell of it twice."""
    suspended = ChannelStatus.objects.suspended().filter(channel=channel)
    status = suspended.select_for_update(skip_locked=True).first()
    if status is None or status.suspended_at is None:
        return 0
    waiting = waiting_for([channel]).order_by().values("delivery__circular")
    told = Notice.objects.filter(
        kind=NoticeKind.CHANNEL_AWAY,
        delivery__circular__in=waiting,
        data__channel=channel,
        data__suspended_at=status.suspended_at.isoformat(),
    )
    letters = Circular.objects.filter(pk__in=waiting, paused_at=None)
    letters = letters.exclude(pk__in=told.values("delivery__circular")).select_related(
        "issuer", "dispatched_by"
    )
    return sum(_tell(circular, channel, at) for circular in letters.order_by("pk"))


def _tell(circular: Circular, channel: str, at: datetime) -> bool:
    found = next(
        (each for each in standing_channels(circular, at=at) if each.status.channel == channel), None
    )
    first = waiting_for([channel]).filter(delivery__circular=circular).select_related("delivery").first()
    if found is None or first is None:
        return False
    written = post(
        to_person(
            person,
            delivery=first.delivery,
            kind=NoticeKind.CHANNEL_AWAY,
            at=at,
            details=_details(found),
        )
        for person in _people(circular, at)
    )
    return bool(written)


def _details(found: StandingChannel) -> ChannelAwayDetails:
    assert found.status.suspended_at is not None
    return ChannelAwayDetails(
        channel=found.status.channel,
        suspended_at=found.status.suspended_at,
        units=len(found.units),
        elsewhere=len(found.elsewhere),
    )


def _people(circular: Circular, at: datetime) -> list[User]:
    """The person who dispatched the letter and still sends for its unit, otherwise all who do."""
    units = Membership.objects.active(timezone.localdate(at)).filter(
        agency=circular.issuer_id, role=Role.SENDER
    )
    people = list(User.objects.filter(pk__in=units.values("user"), is_active=True).order_by("pk"))
    own = [person for person in people if person == circular.dispatched_by and person.mail_address]
    return own or people
