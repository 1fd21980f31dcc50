"""Write notices: choose the recipient, the channel, and whether to send at once or with the morning digest."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache, partial
from urllib.parse import urlparse

from django.conf import settings
from django.db import transaction

from agencies.models import Agency, User
from agencies.models.contact_details.channel import Channel, is_unapproved
from distribution.models import Delivery, LinkCode, Notice, NoticeKind, NoticeState
from distribution.models.bulk import insert_many
from distribution.models.notices.notice_details import CodeDetails, NoticeDetails
from distribution.models.notices.notice_kind import KINDS, stored_details
from distribution.outbox.wake_up import wake_workers


def message_id(notice: uuid.UUID) -> str:
    """A new Message-ID, assigned once per notice, so that duplicates can be recognised."""
    return f"<{notice.hex}@{_host(settings.SITE_URL)}>"


@cache
def _host(site: str) -> str:
    return urlparse(site).hostname or "localhost"


def to_unit(
    unit: Agency,
    *,
    delivery: Delivery,
    kind: NoticeKind,
    at: datetime,
    details: NoticeDetails | None = None,
    in_digest: bool = False,
) -> Notice | None:
    """An unsaved notice to the unit through its first open channel; None if it has none.

    `at` is the earliest moment to send. With `in_digest` it waits for the unit's next morning digest. Raises
    TypeError for details of another kind, and ValueError if the kind may not wait for a digest.
    """
    channels = unit.open_channels(letter=delivery.circular_id)
    if not channels:
        return None
    channel, address = channels[0]
    in_digest = in_digest and not is_unapproved(unit, channel, delivery.circular_id)
    return Notice(
        kind=kind,
        delivery=delivery,
        agency=unit,
        channel=channel,
        address=address,
        message_id=message_id(uuid.uuid4()),
        next_attempt_at=at,
        data=stored_details(kind, details),
        state=_first_state(kind, in_digest),
    )


def to_person(
    person: User,
    *,
    delivery: Delivery | None,
    kind: NoticeKind,
    at: datetime,
    details: NoticeDetails | None = None,
    in_digest: bool = False,
) -> Notice | None:
    """An unsaved notice to a user's own e-mail address; None without one, and if nothing reaches it."""
    if not person.mail_address:
        return None
    return Notice(
        kind=kind,
        delivery=delivery,
        person=person,
        channel=Channel.EMAIL,
        address=person.mail_address,
        message_id=message_id(uuid.uuid4()),
        next_attempt_at=at,
        data=stored_details(kind, details),
        state=_first_state(kind, in_digest),
    )


def reads(person: User, *, channel: str, address: str) -> bool:
    """Whether what is sent to this address of a unit reaches the person's own mailbox."""
    return channel == Channel.EMAIL and address.casefold() == person.mail_address.casefold()


def to_address(address: str, *, kind: NoticeKind, at: datetime, details: NoticeDetails) -> Notice:
    """An unsaved mail to an address that isn't, or is no longer, a unit's. Sent first, like a one-time code."""
    return Notice(
        kind=kind,
        channel=Channel.EMAIL,
        address=address,
        message_id=message_id(uuid.uuid4()),
        next_attempt_at=at - timedelta(days=1),
        data=stored_details(kind, details),
    )


def _first_state(kind: NoticeKind, in_digest: bool) -> NoticeState:
    if in_digest and not KINDS[kind].may_wait:
        raise ValueError(f"A notice of the kind {kind} waits for no digest.")
    return NoticeState.HELD if in_digest else NoticeState.WAITING


def letter_notice(delivery: Delivery, *, urgent: bool, at: datetime) -> Notice | None:
    """The first notice of a letter to the unit that answers for it."""
    unit = delivery.answering_unit
    in_digest = unit.digests_letters and not urgent
    return to_unit(unit, delivery=delivery, kind=NoticeKind.LETTER, at=at, in_digest=in_digest)


def code_notice(code: LinkCode, unit: Agency, *, at: datetime) -> Notice:
    """The mail with a one-time code. It is sent before everything else that is due, because a person is waiting."""
    return Notice(
        kind=NoticeKind.CODE,
        delivery=code.delivery,
        agency=unit,
        channel=Channel.EMAIL,
        address=code.address,
        message_id=message_id(uuid.uuid4()),
        next_attempt_at=at - timedelta(days=1),
        data=stored_details(NoticeKind.CODE, CodeDetails(code=code.pk)),
    )


def post(notices: Iterable[Notice | None]) -> list[Notice]:
    """Save the notices in the caller's transaction, and wake workers after the commit."""
    written = insert_many(notice for notice in notices if notice is not None)
    leaving = sum(notice.state == NoticeState.WAITING for notice in written)
    if leaving:
        transaction.on_commit(partial(wake_workers, leaving))
    return written


def channel_today(notice: Notice) -> tuple[str, str]:
    """Channel and address to send by now: the notice's own channel if the unit still has it, otherwise the first one.

    If the unit has no channel left, the stored values.
    """
    if notice.person is not None:
        return notice.channel, notice.person.email or notice.address
    unit = notice.agency
    channels = unit.open_channels(letter=_letter_of(notice)) if unit is not None else []
    own = [each for each in channels if each.channel == notice.channel]
    return next(iter(own or channels), (notice.channel, notice.address))


def _letter_of(notice: Notice) -> int | None:
    """Id of the notice's letter if an address was set for it that isn't approved yet; usually it costs no query."""
    if notice.agency is None or not notice.agency.proposed or notice.delivery is None:
        return None
    return notice.delivery.circular_id


def fallback(notice: Notice, *, at: datetime) -> Notice | None:
    """An unsaved replacement through the unit's next channel for a failed notice; None if there is none."""
    if notice.agency is None or not KINDS[NoticeKind(notice.kind)].tries_further_channels:
        return None
    channels = notice.agency.open_channels(after=notice.channel, letter=_letter_of(notice))
    if not channels:
        return None
    channel, address = channels[0]
    return Notice(
        kind=notice.kind,
        delivery=notice.delivery,
        agency=notice.agency,
        digest_on=notice.digest_on,
        replaces=notice,
        data=notice.data,
        channel=channel,
        address=address,
        message_id=message_id(uuid.uuid4()),
        next_attempt_at=at,
    )
