"""Wake-up calls to workers. What is to be done is read from the database; a lost call costs at most a minute."""

import logging
from dataclasses import dataclass

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

SEND_DUE_NOTICES = "distribution.tasks.send_due_notices"
MESSAGES_PER_TASK = 250
MOST_TASKS_AT_ONCE = 8


@dataclass
class WakeUp:
    """A wake-up call that goes out after the commit."""

    failed: bool = False
    """Whether the broker couldn't be reached. Known after the commit."""


def wake_after_commit(notices: int) -> WakeUp:
    """Ask workers to send what is due, as soon as the caller's transaction is committed."""
    call = WakeUp()

    def wake() -> None:
        call.failed = not wake_workers(notices)

    transaction.on_commit(wake)
    return call


def wake_workers(notices: int, *, in_seconds: int = 0) -> bool:
    """Ask workers to send what is due. If the broker is unreachable, returns False, and the next sweep does it."""
    for _ in range(min(-(-notices // MESSAGES_PER_TASK), MOST_TASKS_AT_ONCE)):
        try:
            current_app.send_task(SEND_DUE_NOTICES, countdown=in_seconds or None)
        except OperationalError as error:
            logger.warning("The broker can't be reached (%s); the sweep will send the notices.", error)
            return False
    return True
