"""Tell senders by mail which of their letters have waited for a suspended channel for long."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from agencies.models import Membership, Role, User
from agencies.models.contact_details.channel import Channel
from agencies.models.turns import take_turn
from circulars.models import Circular
from distribution.models import ChannelStatus, Notice, NoticeKind
from distribution.models.notices.notice import NoticeQuerySet
from distribution.models.notices.notice_details import ChannelAwayDetails
from distribution.outbox.write import post, to_person
from distribution.queries.sending.standing_channels import (
    StandingChannel,
    standing_channels_of,
    standing_for_long,
    waiting_for,
)

BATCH = 100
"""Letters that are told of in one transaction."""


def tell_of_standing(*, at: datetime) -> int:
    """Tell whoever dispatched a letter, once for each suspension. Returns how many letters were told of.

    E-mail can't be told of by e-mail: that stands on the letter's page alone. Takes the same number of queries for
    any number of letters in a batch.
    """
    return sum(_tell_of(status, at) for status in standing_for_long(at=at) if status.channel != Channel.EMAIL)


def _tell_of(status: ChannelStatus, at: datetime) -> int:
    told = after = 0
    while letters := _untold(status, after):
        told += _tell(letters, status, at)
        after = letters[-1]
    return told


def _untold(status: ChannelStatus, after: int) -> list[int]:
    """Ids of the next letters that wait for the channel and weren't told of."""
    waiting = waiting_for([status.channel]).filter(delivery__circular__gt=after)
    letters = Circular.objects.filter(
        pk__in=waiting.order_by().values("delivery__circular"), paused_at=None
    ).exclude(pk__in=_told(status).values("delivery__circular"))
    return list(letters.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _told(status: ChannelStatus) -> NoticeQuerySet:
    """The mails of this suspension. They are written after it began, and only ever moved to a later moment."""
    assert status.suspended_at is not None
    return Notice.objects.filter(
        kind=NoticeKind.CHANNEL_AWAY,
        next_attempt_at__gte=status.suspended_at,
        data__channel=status.channel,
        data__suspended_at=status.suspended_at.isoformat(),
    )


@transaction.atomic
def _tell(letters: list[int], status: ChannelStatus, at: datetime) -> int:
    """One task after the other, so that two don't tell of a letter twice. The channel's row isn't locked."""
    take_turn(f"tell of standing {status.channel}")
    told = set(
        _told(status).filter(delivery__circular__in=letters).values_list("delivery__circular", flat=True)
    )
    standing = standing_channels_of([each for each in letters if each not in told], [status])
    circulars = Circular.objects.filter(pk__in=standing).select_related("dispatched_by").in_bulk()
    senders = _senders({each.issuer_id for each in circulars.values()}, at)
    written = post(
        to_person(
            person,
            delivery=found.first.delivery,
            kind=NoticeKind.CHANNEL_AWAY,
            at=at,
            details=_details(found),
        )
        for pk, (found,) in sorted(standing.items())
        for person in _people(circulars[pk], senders[circulars[pk].issuer_id])
    )
    return len({notice.delivery_id for notice in written})


def _details(found: StandingChannel) -> ChannelAwayDetails:
    assert found.status.suspended_at is not None
    return ChannelAwayDetails(
        channel=found.status.channel,
        suspended_at=found.status.suspended_at,
        units=len(found.units),
        elsewhere=len(found.elsewhere),
    )


def _senders(units: Iterable[int], at: datetime) -> dict[int, list[User]]:
    """The people who send for each unit, without deputies."""
    found: dict[int, list[User]] = {unit: [] for unit in units}
    memberships = Membership.objects.active(timezone.localdate(at)).filter(
        agency__in=list(found), role=Role.SENDER, user__is_active=True
    )
    for membership in memberships.select_related("user").order_by("user"):
        if membership.user not in found[membership.agency_id]:
            found[membership.agency_id].append(membership.user)
    return found


def _people(circular: Circular, senders: list[User]) -> list[User]:
    """The person who dispatched the letter and still sends for its unit, otherwise all who do."""
    own = [person for person in senders if person == circular.dispatched_by and person.mail_address]
    return own or senders
