"""Insert rows by COPY, with indexes and foreign keys dropped first and rebuilt once at the end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg.types.json import Json

CONSTRAINTS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
    FROM pg_constraint WHERE conrelid = ANY (%s::regclass[]) AND contype IN ('f', 'u')
    ORDER BY contype DESC, conname
"""
"""Unique constraints are recreated before the foreign keys that depend on them."""

INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index
    WHERE indrelid = ANY (%s::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
    ORDER BY indexrelid
"""


@dataclass(frozen=True)
class Dropped:
    """Statements that recreate what was dropped, in order."""

    indexes: Sequence[str]
    constraints: Sequence[str]


@contextmanager
def without_indexes(*models_: type[models.Model]) -> Iterator[None]:
    """Drop the indexes and foreign keys of the tables, except primary keys, and recreate them afterwards.

    The caller must be in a transaction, so that a failure rolls the drops back. Check constraints stay in
    force.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    dropped = _drop([model._meta.db_table for model in models_])
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in (*dropped.indexes, *dropped.constraints):
            cursor.execute(statement)
        for model in models_:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _drop(tables: list[str]) -> Dropped:
    with connection.cursor() as cursor:
        cursor.execute(CONSTRAINTS, [tables])
        constraints = cursor.fetchall()
        cursor.execute(INDEXES, [tables])
        indexes = cursor.fetchall()
        for table, name, _definition in constraints:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    return Dropped(
        [definition for _name, definition in indexes],
        [
            f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"
            for table, name, definition in constraints
        ],
    )


class Table:
    """Collects rows of one model as tuples of the named fields and copies them in batches.

    Other fields get their default. Raises ValueError if such a field has none.
    """

    def __init__(self, model: type[models.Model], names: Sequence[str]) -> None:
        self.model = model
        self.rows: list[tuple[Any, ...]] = []
        fields = {field.attname: field for field in model._meta.concrete_fields if not field.generated}
        self._named = [fields.pop(name) for name in names]
        self._others = [field for field in fields.values() if not (field.null or field.primary_key)]
        self._tail = tuple(_default(field) for field in self._others)
        self._next_id = self._first_id = self._last_id() + 1

    def next_id(self) -> int:
        """Return the next unused id."""
        self._next_id += 1
        return self._next_id - 1

    def flush(self, *, order: int) -> None:
        """Copy the collected rows, sorted by the field at that position, as if they had been inserted in that order."""
        if not self.rows:
            return
        self.rows.sort(key=lambda row: row[order])
        quote = connection.ops.quote_name
        columns = ", ".join(quote(field.column or "") for field in (*self._named, *self._others))
        statement = f"COPY {quote(self.model._meta.db_table)} ({columns}) FROM STDIN"
        tail = self._tail
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in self.rows:
                copy.write_row(row + tail)
        self.rows.clear()

    @property
    def count(self) -> int:
        """Number of ids used."""
        return self._next_id - self._first_id

    def settle_ids(self) -> None:
        """Set the table's sequence to continue after the ids used."""
        if self._next_id == self._first_id:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)",
                [self.model._meta.db_table, self._next_id],
            )

    def _last_id(self) -> int:
        last = self.model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
        return int(last or 0)


def _default(field: "models.Field[Any, Any]") -> Any:
    value = field.get_default()
    if value is None:
        raise ValueError(f"{field} has no default: name it.")
    if isinstance(field, models.JSONField):
        return Json(value)
    return list(value) if isinstance(field, ArrayField) else value
