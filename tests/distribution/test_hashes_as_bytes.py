"""The migration that converts the hashes of filled tables to bytes, and its reversal."""

from importlib import import_module

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from distribution.event_log import first_broken_event
from distribution.models import Delivery, DeliveryEvent
from distribution.services.receiving.acknowledge import acknowledge
from tests.factories import AgencyFactory, dispatched_to, recipient_of

MIGRATION = import_module("distribution.migrations.0009_hashes_as_bytes")


@pytest.fixture
def as_it_was(db: None) -> None:
    """When the migration ran, the column stood in one constraint, of another name, and the events had none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'distribution_delivery'::regclass"
            " AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%acknowledged_sha256%'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE distribution_delivery DROP CONSTRAINT {name}")
        cursor.execute(
            "ALTER TABLE distribution_deliveryevent DROP CONSTRAINT event_hashes_have_their_length"
        )
        cursor.execute(
            f"ALTER TABLE distribution_delivery ADD CONSTRAINT {MIGRATION.CONSTRAINT} CHECK (true)"
        )


def alter(target: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(MIGRATION.EVENTS.format(**target))
        cursor.execute(MIGRATION.DELIVERIES.format(**target))


def stored(column: str, table: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT length({column}) FROM distribution_{table}")
        return {length for (length,) in cursor.fetchall()}


@pytest.mark.usefixtures("as_it_was")
def test_chains_hold_when_the_hashes_of_a_filled_table_become_bytes() -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    dispatched_to(agency, AgencyFactory(), at=timezone.now())
    delivery = Delivery.objects.get(agency=agency)
    acknowledge(delivery=delivery.public_id, by=person, at=timezone.now())
    hashes = list(DeliveryEvent.objects.order_by("pk").values_list("previous_hash", "hash"))

    alter(MIGRATION.TEXT)
    assert stored("hash", "deliveryevent") == {64}
    assert stored("previous_hash", "deliveryevent") == {0, 64}
    assert stored("acknowledged_sha256", "delivery") == {0, 64}

    alter(MIGRATION.BYTES)
    assert stored("hash", "deliveryevent") == {32}
    assert stored("previous_hash", "deliveryevent") == {0, 32}
    assert stored("acknowledged_sha256", "delivery") == {0, 32}
    assert list(DeliveryEvent.objects.order_by("pk").values_list("previous_hash", "hash")) == hashes
    delivery.refresh_from_db()
    assert delivery.acknowledged_sha256 == delivery.circular.content_sha256
    for each in Delivery.objects.all():
        assert first_broken_event(each, each.events.order_by("sequence")) is None


@pytest.mark.usefixtures("as_it_was")
def test_events_are_append_only_after_it() -> None:
    dispatched_to(AgencyFactory(), at=timezone.now())
    alter(MIGRATION.TEXT)
    alter(MIGRATION.BYTES)

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        DeliveryEvent.objects.update(sequence=2)


@pytest.mark.django_db
def test_an_event_is_found_by_its_hash() -> None:
    dispatched_to(AgencyFactory(), at=timezone.now())
    event = DeliveryEvent.objects.get()

    assert len(event.hash) == 64
    assert DeliveryEvent.objects.get(hash=event.hash, previous_hash="") == event
    with pytest.raises(ValueError, match="hexadecimal"):
        DeliveryEvent.objects.filter(hash="no hash").exists()


@pytest.mark.parametrize("column", ["hash", "previous_hash"])
def test_the_database_refuses_an_event_whose_hash_is_cut(db: None, column: str) -> None:
    dispatched_to(AgencyFactory())
    event = DeliveryEvent.objects.get()
    event.pk, event.sequence = None, 2
    setattr(event, column, event.hash[:40])

    with pytest.raises(IntegrityError, match="event_hashes_have_their_length"), transaction.atomic():
        event.save()


def test_the_database_refuses_a_confirmed_hash_that_is_cut(db: None) -> None:
    dispatched_to(AgencyFactory())

    with pytest.raises(IntegrityError, match="confirmed_hash_has_its_length"), transaction.atomic():
        Delivery.objects.update(acknowledged_sha256="ab" * 20)
