"""How many queries something asks, to compare few rows with many."""

from collections.abc import Callable
from typing import ParamSpec

from django.db import connection
from django.test.utils import CaptureQueriesContext

Given = ParamSpec("Given")


def query_count(action: Callable[Given, object], *given: Given.args, **named: Given.kwargs) -> int:
    """How many queries the action asks of the database when it is called with what follows."""
    with CaptureQueriesContext(connection) as queries:
        action(*given, **named)
    return len(queries)
