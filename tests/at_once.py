"""Several actions at the same moment, each in a thread with a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Outcome = TypeVar("Outcome")


def at_once(*actions: Callable[[], Outcome]) -> list[Outcome]:
    """Run the actions in threads that all begin at the same moment. The first error of any is raised."""
    start = Barrier(len(actions))

    def run(action: Callable[[], Outcome]) -> Outcome:
        try:
            start.wait()
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def somebody_waits_for_a_lock() -> bool:
    """Whether any connection to this database waits for a row or a table that another one has locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        (waits,) = cursor.fetchone() or (False,)
        return bool(waits)
