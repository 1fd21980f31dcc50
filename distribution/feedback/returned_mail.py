"""Apply returned mail to its notice."""

import hashlib
import logging
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from agencies.models import User
from distribution.event_log import BouncedData, ReachedData, RelayedData, append_event
from distribution.feedback.bounces import Outcome, ReadMail, read_mail
from distribution.feedback.mailbox import MailboxAddress, unread_mails
from distribution.feedback.text import fit
from distribution.models import MailVerdict, Notice, ReturnedMail
from distribution.outbox.channels.registry import sender_of, sending_codes
from distribution.outbox.record import HAS_LEFT, append_reached, give_up, lock_notice, told_by

logger = logging.getLogger(__name__)


def read_mailbox(*, address: MailboxAddress, at: datetime) -> int:
    """Read every unread mail, and mark it as read once its row is stored. Returns how many were read.

    A mail whose effect can't be recorded is listed for a user. One that can't be stored stays unread. Neither
    stops the others. Raises MailboxFailed.
    """
    count = 0
    with unread_mails(address) as mails:
        for raw, mark_as_read in mails:
            try:
                _take(raw, at)
            except Exception:
                logger.exception("A returned mail could not be kept; it stays unread.")
                continue
            mark_as_read()
            count += 1
    return count


def _take(raw: bytes, at: datetime) -> None:
    try:
        read_returned_mail(raw=raw, at=at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        logger.exception("What a returned mail says could not be recorded; it is listed for a person.")
        _list_for_a_person(raw, error, at)


@transaction.atomic
def _list_for_a_person(raw: bytes, error: Exception, at: datetime) -> None:
    mail = _read(raw)
    ReturnedMail.objects.create(
        digest=hashlib.sha256(raw).hexdigest(),
        received_at=at,
        verdict=MailVerdict.OTHER,
        sender=fit(mail.sender, 254),
        subject=fit(mail.subject, 300),
        diagnosis=fit(f"{type(error).__name__}: {error}", 500),
    )


@transaction.atomic
def read_returned_mail(*, raw: bytes, at: datetime) -> ReturnedMail:
    """Store the content of one raw mail, and apply it once if it refers to a notice, however often it is received.

    `failed` gives the notice up, so that the unit's next channel takes over; `delivered` sets the milestone
    "reached". Anything else doesn't change a delivery. To prevent forged failures, a report applies only to the
    notice whose Message-ID it contains and, if it names a recipient, only if that is the notice's own address.
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
            "sender": fit(mail.sender, 254),
            "subject": fit(mail.subject, 300),
            "original_message_id": fit(next(iter(mail.message_ids), ""), 200),
            "recipient": fit(next(iter(outcome.recipients), ""), 254),
            "status": fit(outcome.status, 20),
            "diagnosis": fit(outcome.diagnosis, 500),
            "notice": notice,
        },
    )
    if created and notice is not None:
        _act(returned, notice, at)
    return returned


@transaction.atomic
def dismiss_returned_mail(*, pk: int, by: User) -> bool:
    """Dismiss a mail that belongs to no notice. Returns False if it was dismissed before."""
    waiting = ReturnedMail.objects.unsettled().filter(pk=pk)
    return bool(waiting.update(dismissed_by=by))


def _read(raw: bytes) -> ReadMail:
    try:
        return read_mail(raw)
    except Exception as error:
        logger.warning("A returned mail could not be read: %s: %s", type(error).__name__, error)
        broken = Outcome(MailVerdict.OTHER, diagnosis=f"{type(error).__name__}: {error}")
        return ReadMail(outcomes=[broken])


def _match(mail: ReadMail) -> tuple[Notice | None, Outcome]:
    """The notice that the mail refers to and the verdict; without a notice, the first verdict."""
    by_id = {notice.message_id: notice for notice in Notice.objects.filter(message_id__in=mail.message_ids)}
    for message_id in mail.message_ids:
        notice = by_id.get(message_id)
        for outcome in mail.outcomes if notice else []:
            if notice is not None and _is_of(notice, outcome):
                return notice, outcome
    return None, mail.outcomes[0]


def _is_of(notice: Notice, outcome: Outcome) -> bool:
    """Whether the notice's channel accepts the outcome; one that is no longer registered accepts none."""
    return notice.channel in sending_codes() and sender_of(notice.channel).is_returned(
        notice, outcome.recipients
    )


def _act(returned: ReturnedMail, notice: Notice, at: datetime) -> None:
    reason = f"{returned.status} {returned.diagnosis}".strip()
    locked = lock_notice(notice=notice)
    match returned.verdict:
        case MailVerdict.BOUNCED if locked.state in HAS_LEFT:
            give_up(notice=locked, reason=reason or "Bounced", at=at, event=BouncedData)
        case MailVerdict.DELIVERED | MailVerdict.RELAYED:
            for delivery in told_by(locked):
                if returned.verdict == MailVerdict.DELIVERED:
                    reached = ReachedData(channel=locked.channel, address=locked.address)
                    append_reached(delivery=delivery, at=at, data=reached)
                else:
                    relayed = RelayedData(channel=locked.channel, address=locked.address)
                    append_event(delivery=delivery, data=relayed, at=at)
