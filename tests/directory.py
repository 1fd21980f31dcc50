"""The shipped directory in the test database: loaded once in each process and copied afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from agencies.directory.shipped import load_shipped_directory
from agencies.models import Agency, AgencyGroup, AgencyWording, District, GroupWording, Province

TABLES = [
    model._meta.db_table for model in (Province, District, Agency, AgencyGroup, AgencyWording, GroupWording)
]
_copies: dict[bool, dict[str, bytes]] = {}
"""The rows of each table in PostgreSQL's COPY format, of the whole directory and of its core, once they were loaded."""


def put_directory(*, whole: bool = False) -> None:
    """Add the core of the shipped directory to the database, or with `whole` all of it.

    Copied rows keep the ids of the first load. No id is used twice: neither a rollback nor a flush resets a sequence.
    """
    if Agency.objects.exists():
        load_shipped_directory(whole=whole)
        return
    with connection.cursor() as cursor:
        if whole not in _copies:
            load_shipped_directory(whole=whole)
            copies = {}
            for table in TABLES:
                with cursor.copy(f"COPY {table} TO STDOUT") as rows:
                    copies[table] = b"".join(rows)
            _copies[whole] = copies
            return
        for table in TABLES:
            with cursor.copy(f"COPY {table} FROM STDIN") as rows:
                rows.write(_copies[whole][table])


@contextmanager
def whole_directory() -> Iterator[None]:
    """The whole directory, for all tests of a class: ten thousand agencies are too many to be put anew for each."""
    with transaction.atomic():
        put_directory(whole=True)
        yield
        transaction.set_rollback(True)
