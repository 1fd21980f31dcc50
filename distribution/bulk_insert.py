"""Writing many rows of one table in one cheap INSERT.

`bulk_create` prepares every value of every row. Most columns of our rows hold the same value in all of them (the
letter, the moment, everything that is still empty): such a column is sent once, any other as one array.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


def insert_many(rows: Iterable[Row]) -> list[Row]:
    """Insert unsaved rows of one model and give each its id. Nothing else than `save` would do is done.

    Raises ValueError for an array column that differs between the rows, and for a related row without an id.
    """
    written = list(rows)
    if not written:
        return written
    model = type(written[0])
    columns, chosen, scalars, arrays, unnested = [], [], [], [], []
    for field in model._meta.concrete_fields:
        if field.primary_key or field.generated:
            continue
        values = _values(field, written)
        kind = (field.db_type(connection) or "").split("(")[0]
        columns.append(connection.ops.quote_name(field.column))
        if all(value == values[0] for value in values):
            chosen.append(f"%s::{kind}")
            scalars.append(field.get_db_prep_save(values[0], connection))
        elif isinstance(field, ArrayField):
            raise ValueError(f"{field} differs between the rows.")
        else:
            chosen.append(f"varying.v{len(unnested)}")
            unnested.append(f"%s::{kind}[]")
            arrays.append([field.get_db_prep_save(value, connection) for value in values])
    if unnested:
        names = ", ".join(f"v{number}" for number in range(len(unnested)))
        source = f"unnest({', '.join(unnested)}) AS varying ({names})"
    else:
        source = f"generate_series(1, {len(written)})"
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(chosen)} FROM {source} RETURNING id",
            [*scalars, *arrays],
        )
        for row, (pk,) in zip(written, cursor.fetchall(), strict=True):
            row.pk = pk
            row._state.adding, row._state.db = False, connection.alias
    return written


def _values(field: "models.Field[Any, Any]", rows: list[Row]) -> list[Any]:
    values = [getattr(row, field.attname) for row in rows]
    if field.is_relation:
        for row, value in zip(rows, values, strict=True):
            if value is None and field.is_cached(row) and field.get_cached_value(row) is not None:
                raise ValueError(f"{field} names a row that isn't saved.")
    return values
