"""Bulk INSERT and UPDATE of one table in a single statement.

`bulk_create` and `bulk_update` prepare every value of every row. Here most columns have the same value in all
rows (the letter, the moment, columns that are still empty): such a column is sent once, any other column as one
array.
"""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)
Field = models.Field[Any, Any]


@cache
def kind_of(field: Field) -> str:
    """Type of the field's column, without its length."""
    kind = field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
    return (kind or "").split("(")[0]


class Columns:
    """The values of some fields of all rows, as SQL expressions over `varying` and their parameters."""

    def __init__(self, rows: list[Any], fields: list[Field]) -> None:
        self.names = [connection.ops.quote_name(field.column or "") for field in fields]
        self.expressions: list[str] = []
        self.arrays: list[str] = []
        self._same: list[Any] = []
        self._differing: list[list[Any]] = []
        for field in fields:
            self._add(field, [getattr(row, field.attname) for row in rows])

    def _add(self, field: Field, values: list[Any]) -> None:
        kind = kind_of(field)
        if not field.primary_key and all(value == values[0] for value in values):
            self.expressions.append(f"%s::{kind}")
            self._same.append(field.get_db_prep_save(values[0], connection))
            return
        if isinstance(field, ArrayField):
            raise ValueError(f"{field} differs between the rows.")
        self.expressions.append(f"varying.v{len(self.arrays)}")
        self.arrays.append(f"%s::{kind}[]")
        self._differing.append([field.get_db_prep_save(value, connection) for value in values])

    @property
    def varying(self) -> str:
        """The columns whose values differ between rows, as a FROM item."""
        names = ", ".join(f"v{number}" for number in range(len(self.arrays)))
        return f"unnest({', '.join(self.arrays)}) AS varying ({names})"

    @property
    def parameters(self) -> list[Any]:
        return [*self._same, *self._differing]


def insert_many(rows: Iterable[Row]) -> list[Row]:
    """Insert unsaved rows of one model in one query and set their primary keys. `save` isn't called.

    Raises ValueError for an array column whose value differs between rows, and for a related object that isn't
    saved.
    """
    written = list(rows)
    if not written:
        return written
    meta = type(written[0])._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key and not field.generated]
    for field in fields:
        if field.is_relation:
            _refuse_unsaved(field, written)
    columns = Columns(written, fields)
    source = columns.varying if columns.arrays else f"generate_series(1, {len(written)})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({', '.join(columns.names)}) "
            f"SELECT {', '.join(columns.expressions)} FROM {source} RETURNING id",
            columns.parameters,
        )
        for row, (pk,) in zip(written, cursor.fetchall(), strict=True):
            row.pk = pk
            row._state.adding, row._state.db = False, connection.alias
    return written


def update_many(rows: Collection[models.Model], names: Collection[str]) -> None:
    """Update these fields of the rows in one query. Raises ValueError like `insert_many`."""
    if not rows:
        return
    written = list(rows)
    meta = type(written[0])._meta
    fields: list[Field] = [meta.get_field(name) for name in names]  # type: ignore[misc]
    columns = Columns(written, [*fields, meta.pk])
    changes = zip(columns.names[:-1], columns.expressions[:-1], strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {connection.ops.quote_name(meta.db_table)} AS changed "
            f"SET {', '.join(f'{name} = {value}' for name, value in changes)} FROM {columns.varying} "
            f"WHERE changed.id = {columns.expressions[-1]}",
            columns.parameters,
        )


def _refuse_unsaved(field: Field, rows: list[Row]) -> None:
    for row in rows:
        if getattr(row, field.attname) is None and field.is_cached(row) and field.get_cached_value(row):  # type: ignore[attr-defined]
            raise ValueError(f"{field} names a row that isn't saved.")
