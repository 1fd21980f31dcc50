"""What workers do. Each task calls one service; the rows say what there is to do."""

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from distribution.feedback import returned_mail
from distribution.feedback.mailbox import MailboxFailed
from distribution.outbox import send as outbox
from distribution.outbox.wake_up import MESSAGES_PER_TASK, SEND_DUE_NOTICES, wake_workers
from distribution.reminders import send as reminders
from distribution.services import succession

logger = logging.getLogger(__name__)


@shared_task(name=SEND_DUE_NOTICES)
def send_due_notices() -> None:
    """Send some of the notices that are due, and leave the rest to a further call."""
    if outbox.send_due() == MESSAGES_PER_TASK:
        wake_workers(1)


@shared_task(name="distribution.tasks.sweep_notices")
def sweep_notices() -> None:
    """Every minute: give back what is stuck, wake workers for what is due."""
    outbox.sweep_notices(at=timezone.now())


@shared_task(name="distribution.tasks.follow_successors")
def follow_successors() -> None:
    """Every minute: what closed units owe follows their successors."""
    succession.follow_successors(at=timezone.now())


@shared_task(name="distribution.tasks.read_returned_mail")
def read_returned_mail() -> None:
    """Every minute: read what came back to the mailbox, if there is one."""
    if settings.BOUNCE_MAILBOX is None:
        return
    try:
        returned_mail.read_mailbox(address=settings.BOUNCE_MAILBOX, at=timezone.now())
    except MailboxFailed as error:
        logger.warning("The mailbox for returned mail can't be read: %s", error)


@shared_task(name="distribution.tasks.remind")
def send_reminders() -> None:
    """Every minute: plan reminders, write those that are due, form the morning's digests."""
    reminders.sweep_reminders(at=timezone.now())
