"""The first notice of a draft as its recipients will get it, to be looked at and sent to oneself."""

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from agencies.models import User
from agencies.services.refusal import ActionRefused
from circulars.lines.distribution_list import Recipient
from circulars.models import Circular
from distribution.models import Channel, Delivery, Notice, NoticeKind
from distribution.models.notices.notice_kind import stored_details
from distribution.outbox.channels.email import EmailChannel
from distribution.outbox.messages import Message, compose
from distribution.outbox.write import message_id
from distribution.reminders.due_times import due_times

MARK = "[DENEME]"
"""Begins the subject of a trial: mails are in Turkish."""


def preview_mail(*, circular: Circular, recipient: Recipient, at: datetime) -> Message:
    """The mail to that recipient if the letter left at that moment. Its links lead nowhere yet."""
    return compose(_notice(circular, recipient, at=at))


def send_trial_mail(*, circular: Circular, recipient: Recipient, to: User, at: datetime) -> None:
    """Send that mail to the person, marked as a trial. Raises ActionRefused without an address, and ChannelError."""
    if not to.email:
        raise ActionRefused("to", _("You have no e-mail address. Ask the administrator to enter it."))
    notice = _notice(circular, recipient, at=at, address=to.email)
    EmailChannel().send_trial(notice, mark=MARK)


def _notice(circular: Circular, recipient: Recipient, *, at: datetime, address: str = "") -> Notice:
    """An unsaved notice of an unsaved delivery."""
    agency = recipient.agency
    delivery = Delivery(
        circular=circular,
        agency=agency,
        line=recipient.line,
        purpose=recipient.purpose,
        created_at=at,
        due_at=due_times(circular=circular, recipients=[agency], at=at).of(agency),
    )
    return Notice(
        kind=NoticeKind.LETTER,
        delivery=delivery,
        agency=agency,
        channel=Channel.EMAIL,
        address=address or agency.email,
        message_id=message_id(uuid.uuid4()),
        next_attempt_at=at,
        data=stored_details(NoticeKind.LETTER, None),
    )
