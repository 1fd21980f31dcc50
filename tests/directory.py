"""The shipped directory in the test database: loaded once in each process and copied afterwards."""

from django.db import connection

from agencies.directory.shipped import load_shipped_directory
from agencies.models import Agency, AgencyGroup, AgencyWording, District, GroupWording, Province

TABLES = [
    model._meta.db_table for model in (Province, District, Agency, AgencyGroup, AgencyWording, GroupWording)
]
_copies: dict[str, bytes] = {}
"""The rows of each table in PostgreSQL's COPY format, once the directory was loaded in this process."""


def put_directory() -> None:
    """Add the shipped directory to the database.

    Copied rows keep the ids of the first load. No id is used twice: neither a rollback nor a flush resets a sequence.
    """
    if Agency.objects.exists():
        load_shipped_directory(whole=False)
        return
    with connection.cursor() as cursor:
        if not _copies:
            load_shipped_directory(whole=False)
            for table in TABLES:
                with cursor.copy(f"COPY {table} TO STDOUT") as rows:
                    _copies[table] = b"".join(rows)
            return
        for table in TABLES:
            with cursor.copy(f"COPY {table} FROM STDIN") as rows:
                rows.write(_copies[table])
