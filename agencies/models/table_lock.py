"""Let one transaction after the other write to a small table, where no row exists yet that could be locked."""

from django.db import connection, models


def lock_for_writing(*kinds: type[models.Model]) -> None:
    """Wait until nobody else writes to these tables; others wait until this transaction ends. Reading goes on.

    To be called in a transaction, before what is to be written depends on what is read.
    """
    tables = ", ".join(connection.ops.quote_name(kind._meta.db_table) for kind in kinds)
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
