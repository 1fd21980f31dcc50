"""What a mail that came back means for its notice."""

import hashlib
import logging
from datetime import datetime

from django.db import transaction

from agencies.models import User
from distribution.delivery_reports import Outcome, ReadMail, read_mail
from distribution.evidence import append_event
from distribution.mailbox import MailboxAddress, unread_mails
from distribution.models import (
    Channel,
    Delivery,
    EventKind,
    MailVerdict,
    Notice,
    NoticeState,
    ReturnedMail,
)
from distribution.services.sent import TELLS_THE_UNIT, append_reached, give_up

logger = logging.getLogger(__name__)

HAS_LEFT = (NoticeState.SENT, NoticeState.SENDING, NoticeState.WAITING)
"""States in which a copy of the notice may be under way, so that a report of it can come."""


def read_mailbox(*, address: MailboxAddress, at: datetime) -> int:
    """Read every unread mail and mark it as read once its row is kept. Returns how many were read.

    A mail that can't be kept stays unread and doesn't stop the others. Raises MailboxFailed.
    """
    count = 0
    with unread_mails(address) as mails:
        for raw, mark_as_read in mails:
            try:
                read_returned_mail(raw=raw, at=at)
            except Exception:
                logger.exception("A returned mail could not be kept; it stays unread.")
                continue
            mark_as_read()
            count += 1
    return count


@transaction.atomic
def read_returned_mail(*, raw: bytes, at: datetime) -> ReturnedMail:
    """Keep what one raw mail says, and act on it if it speaks of a notice of ours: once, however often it comes.

    `failed` gives the notice up, so that the unit's next way takes over; `delivered` is the rung "reached".
    Anything else changes no delivery. A report counts only for the notice whose Message-ID it names and, if it
    names a recipient, only for that notice's own address: nobody else can make a notice fail.
    """
    digest = hashlib.sha256(raw).hexdigest()
    known = ReturnedMail.objects.filter(digest=digest).first()
    if known is not None:
        return known
    mail = _read(raw)
    notice, outcome = _match(mail)
    returned, created = ReturnedMail.objects.get_or_create(
        digest=digest,
        defaults={
            "received_at": at,
            "verdict": outcome.verdict,
            "sender": _fit(mail.sender, 254),
            "subject": _fit(mail.subject, 300),
            "original_message_id": _fit(next(iter(mail.message_ids), ""), 200),
            "recipient": _fit(next(iter(outcome.recipients), ""), 254),
            "status": _fit(outcome.status, 20),
            "diagnosis": _fit(outcome.diagnosis, 500),
            "notice": notice,
        },
    )
    if created and notice is not None:
        _act(returned, notice, at)
    return returned


@transaction.atomic
def dismiss_returned_mail(*, pk: int, by: User) -> bool:
    """A person looked at a mail that belongs to no notice; it leaves the list. False if that was done before."""
    waiting = ReturnedMail.objects.filter(pk=pk, notice=None, dismissed_by=None)
    return bool(waiting.update(dismissed_by=by))


def _read(raw: bytes) -> ReadMail:
    try:
        return read_mail(raw)
    except Exception as error:
        logger.warning("A returned mail could not be read: %s: %s", type(error).__name__, error)
        broken = Outcome(MailVerdict.OTHER, diagnosis=f"{type(error).__name__}: {error}")
        return ReadMail(outcomes=[broken])


def _match(mail: ReadMail) -> tuple[Notice | None, Outcome]:
    """The notice that the mail speaks of, with what it says; without one, the first thing that it says."""
    by_id = {
        notice.message_id: notice
        for notice in Notice.objects.filter(message_id__in=mail.message_ids).exclude(channel=Channel.HAND)
    }
    for message_id in mail.message_ids:
        notice = by_id.get(message_id)
        for outcome in mail.outcomes if notice else []:
            if notice is not None and outcome.concerns(notice.address):
                return notice, outcome
    return None, mail.outcomes[0]


def _act(returned: ReturnedMail, notice: Notice, at: datetime) -> None:
    reason = f"{returned.status} {returned.diagnosis}".strip()
    held = Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    match returned.verdict:
        case MailVerdict.BOUNCED if held.state in HAS_LEFT:
            give_up(notice=held, reason=reason or "Bounced", at=at, kind=EventKind.BOUNCED)
        case MailVerdict.DELIVERED | MailVerdict.RELAYED:
            for delivery in told_by(held):
                data = {"channel": held.channel, "address": held.address}
                if returned.verdict == MailVerdict.DELIVERED:
                    append_reached(delivery=delivery, at=at, data=data)
                else:
                    append_event(delivery=delivery, kind=EventKind.RELAYED, at=at, data=data)


def told_by(notice: Notice) -> list[Delivery]:
    """The deliveries whose own unit learns of the letter by this message, locked: of a digest, all its letters.

    What was sent to a person, or told to another unit, proves nothing of the recipient.
    """
    told = [
        each.delivery_id
        for each in (notice, *notice.members.all())
        if each.delivery_id is not None and each.kind in TELLS_THE_UNIT and each.person_id is None
    ]
    return list(Delivery.objects.select_for_update(no_key=True).filter(pk__in=told).order_by("pk"))


def _fit(text: str, length: int) -> str:
    """The text as a column of that length holds it, without signs that the database refuses."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:length]
