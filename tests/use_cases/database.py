"""What the database, the queue and the files hold, and failures between two writes."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from redis import Redis

WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
APPS = ("agencies", "circulars", "distribution", "admin")


class Died(BaseException):
    """The process died at this point. No `except Exception` of the product catches it."""


def tables() -> list[str]:
    own = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in APPS]
    return sorted({model._meta.db_table for model in own})


def content() -> str:
    """A digest of every row of every table."""
    rows = " UNION ALL ".join(
        f"SELECT '{name}' AS of, md5(string_agg(t::text, '|' ORDER BY t::text)) AS rows FROM {name} t"
        for name in tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(string_agg(of || rows, '|' ORDER BY of)) FROM ({rows}) each")
        return str(cursor.fetchone())


def shape() -> dict[str, list[tuple[Any, ...]]]:
    """Rows by table, reduced to what doesn't depend on ids and moments: states, numbers, what is set."""
    return {
        model._meta.label: sorted((_shape_of(row) for row in model._default_manager.all()), key=repr)
        for model in apps.get_models()
        if model._meta.app_label in APPS
    }


def _shape_of(row: models.Model) -> tuple[Any, ...]:
    found: list[Any] = []
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        plain = isinstance(field, models.BooleanField | models.PositiveSmallIntegerField) or field.choices
        found.append(value if plain else value in (None, "", [], {}))
    return tuple(found)


def files() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def wakes() -> int:
    """Messages in the queues."""
    redis = Redis.from_url(settings.REDIS_URL)
    lengths = [redis.llen(queue) for queue in ("celery", "exports", "readings")]
    return sum(length for length in lengths if isinstance(length, int))


@contextmanager
def dying_after(write: int) -> Iterator[Callable[[], int]]:
    """Raise Died right after that write, counted from 1. Gives the number of writes so far."""
    count = 0

    def execute_and_die(
        execute: Callable[..., Any], sql: str, params: object, many: bool, context: object
    ) -> Any:
        nonlocal count
        result = execute(sql, params, many, context)
        if WRITE.match(sql):
            count += 1
            if count == write:
                raise Died
        return result

    with connection.execute_wrapper(execute_and_die):
        yield lambda: count
