"""What has happened outside must not be forgotten because the database is away for a moment."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

PAUSES = (0.1, 0.5, 1, 2, 5, 10, 20)
"""Seconds before each further try: together less than a task may take, and far less than STUCK_AFTER."""

Outcome = TypeVar("Outcome")


def retry_on_lost_connection(action: Callable[[], Outcome]) -> Outcome:
    """Do it, and do it again on a fresh connection when the database has gone away or broken off.

    The action must be one that may be done twice. Within a transaction, which is lost with its connection, it is
    tried once only. Raises OperationalError or InterfaceError when the database stays away.
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
