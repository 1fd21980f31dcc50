"""Celery tasks. Each calls one service; what is to be done is read from the database."""

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from distribution.feedback import returned_mail
from distribution.feedback.mailbox import MailboxFailed
from distribution.models import Heartbeat
from distribution.outbox import claims
from distribution.outbox import send as outbox
from distribution.outbox.outages.heartbeat import beat, beat_failed, forget
from distribution.outbox.wake_up import MESSAGES_PER_TASK, SEND_DUE_NOTICES, wake_workers
from distribution.reminders import send as reminders
from distribution.services import clear_settled_mails as clearing
from distribution.services import end_unused_addresses as unused_addresses
from distribution.services import follow_leaves as leave
from distribution.services import learn_likely_late as learning
from distribution.services import prepare_file as preparation
from distribution.services import reckon_answering_times as answering_times
from distribution.services import succession, tell_of_standing
from distribution.services.evidence import write_checkpoint as checkpoints
from distribution.services.managing import alert_managers as alerting
from distribution.services.managing import weekly_digests
from distribution.services.sending import schedule_dispatch
from distribution.tables.files.digest_pdf import digest_pdf
from distribution.tables.files.file_makers import FILE_MAKERS

logger = logging.getLogger(__name__)


@shared_task(name=SEND_DUE_NOTICES)
def send_due_notices() -> None:
    """Send a batch of due notices, and schedule another call if the batch was full."""
    if outbox.send_due() == MESSAGES_PER_TASK:
        wake_workers(1)


@shared_task(name="distribution.tasks.sweep_notices")
def sweep_notices() -> None:
    """Every minute: release stuck notices and wake workers for those that are due."""
    outbox.sweep_notices(at=timezone.now())


@shared_task(name="distribution.tasks.take_over")
def take_over() -> None:
    """Every 10 seconds: take over the notices of dead workers."""
    claims.take_over(at=timezone.now())


@shared_task(name="distribution.tasks.follow_successors")
def follow_successors() -> None:
    """Every minute: pass obligations of closed units on to their successors."""
    succession.follow_successors(at=timezone.now())


@shared_task(name="distribution.tasks.follow_leaves")
def follow_leaves() -> None:
    """Every minute: move due times in working days after leave was declared or taken back."""
    leave.follow_leaves(at=timezone.now())


@shared_task(name="distribution.tasks.read_returned_mail")
def read_returned_mail() -> None:
    """Every minute: read the mailbox for returned mail, if one is configured."""
    if settings.BOUNCE_MAILBOX is None:
        forget(job=Heartbeat.Job.MAILBOX)
        return
    try:
        returned_mail.read_mailbox(address=settings.BOUNCE_MAILBOX, at=timezone.now())
    except MailboxFailed as error:
        logger.warning("The mailbox for returned mail can't be read: %s", error)
        beat_failed(job=Heartbeat.Job.MAILBOX, error=str(error), at=timezone.now())
    else:
        beat(job=Heartbeat.Job.MAILBOX, at=timezone.now())


@shared_task(name="distribution.tasks.clear_settled_mails")
def clear_settled_mails() -> None:
    """Every night: delete the files of returned mails that were settled long ago."""
    clearing.clear_settled_mails(at=timezone.now())


@shared_task(name="distribution.tasks.remind")
def send_reminders() -> None:
    """Every minute: plan reminders, write those that are due, and form the morning digests."""
    reminders.sweep_reminders(at=timezone.now())


@shared_task(name="distribution.tasks.tell_of_standing")
def tell_senders_of_standing() -> None:
    """Every ten minutes: tell senders whose letters have waited for a suspended channel for long."""
    tell_of_standing.tell_of_standing(at=timezone.now())


@shared_task(name="distribution.tasks.reckon_answering_times")
def reckon_answering_times() -> None:
    """Every ten minutes: after midnight reckon how long units usually take, or go on with it; else do nothing."""
    answering_times.reckon_answering_times(at=timezone.now())


@shared_task(name="distribution.tasks.end_unused_addresses")
def end_unused_addresses() -> None:
    """Every ten minutes: end addresses that wait for a decision and that no letter uses any more."""
    unused_addresses.end_unused_addresses(at=timezone.now())


@shared_task(name="distribution.tasks.dispatch_scheduled")
def dispatch_scheduled() -> None:
    """Every 10 seconds: dispatch the letters whose moment has come."""
    schedule_dispatch.dispatch_scheduled(at=timezone.now())


@shared_task(name=preparation.PREPARE_FILE, time_limit=1800)
def prepare_file(prepared_id: int) -> None:
    """Prepare one file that a person requested."""
    preparation.prepare_file(prepared_id=prepared_id, makers=FILE_MAKERS, at=timezone.now())


@shared_task(name="distribution.tasks.wake_waiting_files")
def wake_waiting_files() -> None:
    """Every minute: queue requested files without a live worker, and delete expired ones."""
    preparation.wake_waiting_files(at=timezone.now())


@shared_task(name="distribution.tasks.learn_likely_late")
def learn_likely_late() -> None:
    """Every night: learn from finished copies which open ones are likely to be late."""
    learning.learn_likely_late(at=timezone.now())


@shared_task(name="distribution.tasks.sweep_weekly_digests")
def sweep_weekly_digests() -> None:
    """Every minute: begin the weekly digests that are due, and wake workers for them."""
    weekly_digests.sweep_weekly_digests(at=timezone.now())


@shared_task(name=weekly_digests.PREPARE_DIGEST, time_limit=240)
def prepare_weekly_digest(digest: int) -> None:
    """Count one weekly digest, draw its PDF, and write its mail."""
    weekly_digests.prepare_digest(digest=digest, make_pdf=digest_pdf, at=timezone.now())


@shared_task(name="distribution.tasks.alert_managers")
def alert_managers() -> None:
    """Every five minutes: tell managers of letters that went overdue, or that nobody opens."""
    alerting.alert_managers(at=timezone.now())


@shared_task(name="distribution.tasks.seal")
def seal() -> None:
    """Every hour: seal what was stored since the last checkpoint."""
    checkpoints.write_checkpoints(at=timezone.now())
