"""One log line for each scheduled task that beat couldn't queue, instead of two tracebacks."""

import logging

from celery.beat import SchedulingError


class WithoutTraceback(logging.Filter):
    """Reduces beat's record of a task that couldn't be queued to its message, which names task and reason."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, SchedulingError):
            record.msg, record.args = "%s", (error,)
            record.exc_info = record.exc_text = None
        return True
