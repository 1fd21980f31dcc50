"""The migration that builds indexes concurrently can be repeated after an interruption."""

from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

MIGRATION = import_module("distribution.migrations.0010_lean_indexes")


@pytest.mark.django_db(transaction=True)
def test_an_invalid_index_of_an_earlier_attempt_is_rebuilt() -> None:
    operation = MIGRATION.Migration.operations[3]
    name = operation.index.name
    before = MigrationLoader(connection).project_state(("distribution", "0009_hashes_as_bytes"))
    after = before.clone()
    operation.state_forwards("distribution", after)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{name}'::regclass")

    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("distribution", editor, before, after)

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT indisvalid FROM pg_index WHERE indexrelid = '{name}'::regclass")
        assert cursor.fetchall() == [(True,)]
