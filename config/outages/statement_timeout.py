"""Statement timeout for web requests, and the error page shown when it is exceeded.

Workers, commands and migrations have no such limit.
"""

import sys

from django.conf import settings
from django.db import OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views import defaults
from psycopg.errors import QueryCanceled

from config.outages.database_away import database_away, is_database_away

RETRY_SECONDS = 60


def limit_statements() -> None:
    """Apply `settings.WEB_STATEMENT_TIMEOUT` (seconds) to every connection that this process opens from now on.

    Behind a connection pooler, which does not pass session options, set the timeout on the database role instead.
    """
    if settings.WEB_STATEMENT_TIMEOUT and not settings.DATABASE_POOLER:
        options = connections.settings["default"]["OPTIONS"]
        limit = f"-c statement_timeout={settings.WEB_STATEMENT_TIMEOUT}s"
        options["options"] = f"{options.get('options', '')} {limit}".strip()


def server_error(request: HttpRequest) -> HttpResponse:
    """Error handler: 503 with advice if the statement timeout was exceeded or the database is away, else 500."""
    error = sys.exc_info()[1]
    if is_database_away(error):
        return database_away()
    if isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled):
        page = loader.get_template("503.html").render()
        return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    return defaults.server_error(request)
