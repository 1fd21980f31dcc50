"""Let one transaction after the other do something for which no row exists yet that could be locked."""

from django.db import connection


def take_turn(what: str) -> None:
    """Wait until no other transaction that took the turn for the same thing is open.

    To be called in a transaction, before what is to be written depends on what is read.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
