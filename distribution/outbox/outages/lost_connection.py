"""Retry a database write after a lost connection, so that what was sent is recorded."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

PAUSES = (0.1, 0.5, 1, 2, *[5] * 7)
"""Seconds before each retry. The total is below a task's time limit, LONGEST_BATCH and STUCK_AFTER. None is longer
than a claim's renewal, so that what was sent is marked before another worker takes the batch over."""

Outcome = TypeVar("Outcome")


def retry_on_lost_connection(action: Callable[[], Outcome]) -> Outcome:
    """Run the action, and repeat it on a fresh connection if the connection to the database is lost.

    The action must be idempotent. Inside a transaction, which is lost with its connection, it runs only once.
    Raises OperationalError or InterfaceError if the database stays unreachable.
    """
    for pause in PAUSES:
        try:
            return action()
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block:
                raise
            logger.warning("The database broke off (%s); trying again in %s s.", error, pause)
            connection.close()
            time.sleep(pause)
    return action()
