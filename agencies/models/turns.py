"""Let one after the other do something for which no row exists yet that could be locked."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def take_turn(what: str) -> None:
    """Wait until no other transaction that took the turn for the same thing is open.

    To be called in a transaction, before what is to be written depends on what is read.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


@contextmanager
def only_run(what: str) -> Iterator[bool]:
    """Whether no other database session is within an `only_run` of the same thing. Doesn't wait.

    A session that ends, as that of a killed worker, ends its run.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [what])
        (is_only,) = cursor.fetchone() or (False,)
    try:
        yield bool(is_only)
    finally:
        if is_only:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [what])
