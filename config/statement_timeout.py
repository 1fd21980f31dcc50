"""A limit on how long a statement of a web request may run, and the page that is shown when it strikes.

Workers, commands and migrations have none: they may take their time.
"""

import sys

from django.conf import settings
from django.db import OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views import defaults
from psycopg.errors import QueryCanceled

RETRY_SECONDS = 60


def limit_statements() -> None:
    """Give every connection that this process opens from now on the limit, `settings.WEB_STATEMENT_TIMEOUT` seconds.

    A pooler between us and the server takes no options for a session; then the limit belongs to the database role.
    """
    if settings.WEB_STATEMENT_TIMEOUT and not settings.DATABASE_POOLER:
        options = connections.settings["default"]["OPTIONS"]
        limit = f"-c statement_timeout={settings.WEB_STATEMENT_TIMEOUT}s"
        options["options"] = f"{options.get('options', '')} {limit}".strip()


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to an error: 503 with what to do if the limit struck, else 500."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled):
        page = loader.get_template("503.html").render()
        return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    return defaults.server_error(request)
