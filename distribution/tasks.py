"""What workers do. Each task calls one service; the rows say what there is to do."""

from celery import shared_task
from django.utils import timezone

from distribution.services import notify, succession
from distribution.wake_up import MESSAGES_PER_TASK, SEND_DUE_NOTICES, wake_workers


@shared_task(name=SEND_DUE_NOTICES)
def send_due_notices() -> None:
    """Send one share of the notices that are due, and leave the rest to a further call."""
    if notify.send_due() == MESSAGES_PER_TASK:
        wake_workers(1)


@shared_task(name="distribution.tasks.sweep")
def sweep() -> None:
    """Every minute: give back what is stuck, wake workers for what is due."""
    notify.sweep(at=timezone.now())


@shared_task(name="distribution.tasks.follow_successors")
def follow_successors() -> None:
    """Every minute: what closed units owe follows their successors."""
    succession.follow_successors(at=timezone.now())
