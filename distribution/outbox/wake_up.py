"""Wake-up calls to workers. What is to be done is read from the database; a lost call costs at most a minute."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

SEND_DUE_NOTICES = "distribution.tasks.send_due_notices"
MESSAGES_PER_TASK = 250
MOST_TASKS_AT_ONCE = 8


def wake_workers(notices: int, *, in_seconds: int = 0) -> None:
    """Ask workers to send what is due. If the broker is unreachable, the next sweep does it."""
    for _ in range(min(-(-notices // MESSAGES_PER_TASK), MOST_TASKS_AT_ONCE)):
        try:
            current_app.send_task(SEND_DUE_NOTICES, countdown=in_seconds or None)
        except OperationalError as error:
            logger.warning("The broker can't be reached (%s); the sweep will send the notices.", error)
            return
