"""`manage.py migrate` waits for a lock only for a while, but for concurrent work as long as it takes."""

from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.core.management import CommandError, call_command, get_commands
from django.db import ProgrammingError, connection
from django.db.migrations import RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.loader import MigrationLoader
from pytest_django import Settings

from agencies.management.commands.migrate import limited_lock_waits
from agencies.models import Agency, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader() -> Iterator[None]:
    """Another connection whose transaction has read the table of units."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("LOCK TABLE agencies_agency IN ACCESS SHARE MODE")
        yield


def limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


@pytest.mark.usefixtures("reader")
def test_a_migration_that_waits_for_a_table_in_use_ends_with_an_error_that_says_what_to_do() -> None:
    with (
        pytest.raises(CommandError, match="MIGRATE_LOCK_TIMEOUT"),
        limited_lock_waits(connection, 1),
        connection.cursor() as cursor,
    ):
        cursor.execute("ALTER TABLE agencies_agency ADD COLUMN new integer")

    assert limit() == "0"


def test_concurrent_work_has_no_limit_and_what_follows_has_it_again() -> None:
    with limited_lock_waits(connection, 7), connection.cursor() as cursor:
        assert limit() == "7s"
        cursor.execute("SELECT current_setting('lock_timeout') /* CONCURRENTLY */")
        assert cursor.fetchone() == ("0",)
        assert limit() == "7s"


def test_another_error_is_left_as_it_is() -> None:
    with (
        pytest.raises(ProgrammingError),
        limited_lock_waits(connection, 1),
        connection.cursor() as cursor,
    ):
        cursor.execute("ALTER TABLE nothing ADD COLUMN new integer")


def test_the_command_uses_the_limit_of_the_settings(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MIGRATE_LOCK_TIMEOUT = 3
    seen: list[str] = []
    monkeypatch.setattr(
        "django.core.management.commands.migrate.Command.handle",
        lambda *args, **options: seen.append(limit()),
    )

    call_command("migrate")

    assert get_commands()["migrate"] == "agencies"
    assert seen == ["3s"]


def test_a_migration_that_was_interrupted_half_way_can_be_run_again() -> None:
    """Without a transaction around it, what is done stays done: only what may be done twice may stand there."""
    repeatable = (
        *(AddIndexConcurrently, RemoveIndexConcurrently, ValidateConstraint),
        *(RunPython, RunSQL, SeparateDatabaseAndState),
    )
    own = {config.label for config in apps.get_app_configs() if ".venv" not in config.path}
    migrations = MigrationLoader(None).disk_migrations.items()
    without_transaction = {key: each for key, each in migrations if key[0] in own and not each.atomic}
    assert len(without_transaction) > 5

    for key, migration in without_transaction.items():
        done = []
        for operation in migration.operations:
            assert isinstance(operation, repeatable), (key, operation)
            if type(operation) is AddIndexConcurrently:
                assert f"DROP INDEX CONCURRENTLY IF EXISTS {operation.index.name}" in done, key
            done.append(getattr(operation, "sql", ""))


def test_a_release_that_does_not_know_a_new_column_still_adds_people_and_units() -> None:
    """It runs on while the database is migrated, and leaves the column out."""
    for model, column in ((User, "undeliverable"), (Agency, "proposed")):
        assert model._meta.get_field(column).has_db_default()
