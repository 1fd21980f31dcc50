"""The database refuses UPDATE, DELETE and TRUNCATE on every table that is only ever added to."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, models, transaction

from agencies.models.maintenance import DirectoryChange
from distribution.models import (
    AnswerDocument,
    Assignment,
    Call,
    Checkpoint,
    CircularChange,
    DeliveryEvent,
    ExtensionRequest,
    Handover,
    InternalNote,
    KepEvidence,
    LinkCode,
    OnBehalfRecord,
    ReturnDecision,
    ReturnedMail,
    Seal,
    TakeBackRequest,
)
from tests.factories import MOMENT

DECIDED = {"answer", "decided_by", "decided_at"}
APPEND_ONLY: dict[type[models.Model], set[str]] = {
    AnswerDocument: {"taken_back_at"},
    Assignment: {"ended_at", "ended_by"},
    Call: set(),
    Checkpoint: set(),
    CircularChange: set(),
    DeliveryEvent: set(),
    DirectoryChange: set(),
    ExtensionRequest: DECIDED | {"granted_until"},
    Handover: set(),
    InternalNote: {"struck_at"},
    KepEvidence: {"notice", "matched_by", "dismissed_by"},
    LinkCode: {"expires_at", "tries", "used_at"},
    OnBehalfRecord: {"ended_as", "ended_at", "ended_by", "ended_name", "end_reason"},
    ReturnDecision: set(),
    Seal: set(),
    ReturnedMail: {"file", "notice", "settled_as", "settled_by", "settled_at"},
    TakeBackRequest: DECIDED | {"granted"},
}
"""The tables that are only added to, each with the fields that a later step of the product sets."""

NEEDED: dict[type[models.Model], dict[str, object]] = {
    ExtensionRequest: {"asked_name": "Ayşe"},
    InternalNote: {"by_sender": True},
    OnBehalfRecord: {"confirms": True, "ended_as": ""},
    ReturnDecision: {"outcome": "accepted"},
    TakeBackRequest: {"asked_name": "Ayşe"},
}
"""Values without which a constraint refuses the row."""

OTHER_VALUE = {
    "bigint": "coalesce({column}, 0) + 1000",
    "boolean": "{column} IS NOT TRUE",
    "bytea": "decode(repeat('cd', 32), 'hex')",
    "date": "'2030-01-01'",
    "integer": "coalesce({column}, 0) + 1000",
    "jsonb": """'{{"a": 1}}'""",
    "smallint": "coalesce({column}, 0) + 1000",
    "timestamp with time zone": "'2030-01-01'",
    "uuid": "gen_random_uuid()",
}
EACH = pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model.__name__)
pytestmark = pytest.mark.django_db


def value_of(field: models.Field[Any, Any]) -> object:
    if field.has_default():
        return field.get_default()
    if field.null:
        return None
    if isinstance(field, models.DateTimeField):
        return MOMENT
    if isinstance(field, models.DateField):
        return MOMENT.date()
    if isinstance(field, models.BooleanField):
        return False
    if field.choices:
        return field.choices[0][0]
    text = {
        "hash": "ab" * 32,
        "previous_hash": "",
        "digest": "ab" * 32,
        "content": b"x",
        "signature": b"x",
    }.get(field.name, "metin")
    return 1 if isinstance(field, models.ForeignKey | models.IntegerField) else text


@pytest.fixture
def row(model: type[models.Model]) -> Iterator[type[models.Model]]:
    """One row of the table, whose references lead nowhere."""
    values = {
        field.attname: value_of(field) for field in model._meta.concrete_fields if not field.primary_key
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        model._base_manager.create(**values | NEEDED.get(model, {}))
        cursor.execute("SET LOCAL session_replication_role = origin")
        yield model


def refused(sql: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="pgtrigger: Cannot "),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_every_table_with_triggers_stands_here() -> None:
    assert {model for model in apps.get_models() if getattr(model._meta, "triggers", ())} == set(APPEND_ONLY)


@EACH
def test_no_row_is_deleted(row: type[models.Model]) -> None:
    refused(f"DELETE FROM {row._meta.db_table}")


@EACH
def test_no_table_is_truncated(row: type[models.Model]) -> None:
    refused(f"TRUNCATE {row._meta.db_table} CASCADE")


@EACH
def test_nothing_is_changed_but_what_a_later_step_sets(row: type[models.Model]) -> None:
    for field in row._meta.concrete_fields:
        kind = (field.db_type(connection) or "").partition("(")[0]
        value = OTHER_VALUE.get(kind, "'başka'").format(column=field.column)
        change = f'UPDATE {row._meta.db_table} SET "{field.column}" = {value}'
        if field.name in APPEND_ONLY[row]:
            with suppress(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change)
                transaction.set_rollback(True)
        else:
            refused(change)
