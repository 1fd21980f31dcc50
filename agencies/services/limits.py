"""The table in which the limits on sign-in are counted (Django's database cache)."""

from datetime import datetime

from django.conf import settings
from django.db import connection


def clear_expired_limits(*, at: datetime) -> int:
    """Delete counts that have expired. Returns how many."""
    table = connection.ops.quote_name(settings.CACHE_OF_LIMITS)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [at])
        return int(cursor.rowcount)
