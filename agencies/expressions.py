"""What PostgreSQL can say and Django can't by itself."""

from django.db import models


class IsAnyOf(models.Func):
    """Whether a value is in an array. Unlike IN with a subquery, an index serves it beside an OR."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()
