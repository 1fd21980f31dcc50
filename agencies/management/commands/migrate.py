"""`migrate`, with a limit on how long a statement waits for a lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import LockNotAvailable


class Command(MigrateCommand):
    help = f"{MigrateCommand.help} A statement waits for a lock for MIGRATE_LOCK_TIMEOUT seconds at most."

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate under the limit."""
        with limited_lock_waits(connections[options["database"]], settings.MIGRATE_LOCK_TIMEOUT):
            super().handle(*args, **options)


@contextmanager
def limited_lock_waits(connection: BaseDatabaseWrapper, seconds: int) -> Iterator[None]:
    """Let statements wait for a lock for so many seconds at most; 0 for no limit. Raises CommandError after that.

    Others queue behind a statement that waits for a strong lock. Nobody does behind one that works concurrently; it
    waits for the end of all older transactions, and has no limit.
    """

    def without_limit(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if "CONCURRENTLY" not in str(sql):
            return execute(sql, params, many, context)
        _set(connection, 0)
        try:
            return execute(sql, params, many, context)
        finally:
            _set(connection, seconds)

    connection.ensure_connection()
    _set(connection, seconds)
    try:
        with connection.execute_wrapper(without_limit):
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise CommandError(
                f"A table was in use for {seconds} seconds, so the migration that needs it was not carried out:"
                f" {error}".strip()
                + "\nThose before it are done. Run the command again at a calmer time, or with a larger"
                " MIGRATE_LOCK_TIMEOUT."
            ) from error
        raise
    finally:
        if connection.connection is not None and not connection.connection.closed:
            _set(connection, 0)


def _set(connection: BaseDatabaseWrapper, seconds: int) -> None:
    """Set the limit of the session, past the wrappers of its statements."""
    connection.connection.execute(f"SET lock_timeout = '{seconds}s'")
