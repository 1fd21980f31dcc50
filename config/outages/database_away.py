"""The error page for a database that can't be reached or has broken off."""

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpResponse
from django.template import loader
from psycopg import errors

RETRY_SECONDS = 30

UNAVAILABLE = (
    errors.ConnectionException,
    errors.AdminShutdown,
    errors.CrashShutdown,
    errors.CannotConnectNow,
    errors.TooManyConnections,
    errors.DatabaseDropped,
    errors.IdleSessionTimeout,
    errors.ReadOnlySqlTransaction,
    errors.DiskFull,
)
"""What a server says that shuts down, starts, recovers, has no room, or became a replica."""


def is_database_away(error: BaseException | None) -> bool:
    """Whether the error says that the database can't be used, rather than that a query is wrong."""
    while error is not None:
        if isinstance(error, Error) and _is_away(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_away(error: Error) -> bool:
    cause = error.__cause__
    if isinstance(cause, UNAVAILABLE):
        return True
    is_about_connection = isinstance(error, OperationalError | InterfaceError)
    return is_about_connection and cause is not None and getattr(cause, "sqlstate", None) is None


def database_away() -> HttpResponse:
    """503 with Retry-After and a page that asks no database."""
    page = loader.get_template("database_away.html").render()
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
