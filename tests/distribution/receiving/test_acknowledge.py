"""Confirming a letter for a unit."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from distribution.event_log import first_broken_event
from distribution.models import Delivery, DeliveryEvent, EventKind, Stage
from distribution.services.receiving.acknowledge import NotAcknowledgeable, acknowledge, acknowledge_several
from distribution.services.receiving.read import TakenFile, record_downloaded, record_opened
from tests.factories import MOMENT, AgencyFactory, dispatched_to, recipient_of

pytestmark = pytest.mark.django_db


def test_it_records_who_for_which_unit_when_and_what() -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    circular = dispatched_to(agency)
    delivery = Delivery.objects.get()

    outcome = acknowledge(delivery=delivery.public_id, by=person, at=MOMENT, register_number=" 2026/117 ")

    assert outcome.first
    delivery.refresh_from_db()
    assert delivery.stage == Stage.ACKNOWLEDGED
    assert (delivery.acknowledged_by, delivery.acknowledged_at) == (person, MOMENT)
    assert delivery.acknowledged_sha256 == circular.content_sha256
    assert delivery.register_number == "2026/117"
    event = delivery.events.get(kind=EventKind.ACKNOWLEDGED)
    assert (event.by, event.for_agency, event.data["sha256"]) == (person, agency, circular.content_sha256)


def test_a_second_time_changes_nothing_and_tells_who_was_first() -> None:
    agency = AgencyFactory()
    first, second = recipient_of(agency), recipient_of(agency)
    dispatched_to(agency)
    delivery = Delivery.objects.get()
    acknowledge(delivery=delivery.public_id, by=first, at=MOMENT)

    outcome = acknowledge(delivery=delivery.public_id, by=second, at=MOMENT + timedelta(days=1))

    assert not outcome.first
    assert outcome.delivery.acknowledged_by == first
    assert outcome.delivery.acknowledged_at == MOMENT
    assert delivery.events.filter(kind=EventKind.ACKNOWLEDGED).count() == 1


def test_a_person_of_another_unit_may_not() -> None:
    dispatched_to(AgencyFactory())

    with pytest.raises(Delivery.DoesNotExist):
        acknowledge(delivery=Delivery.objects.get().public_id, by=recipient_of(AgencyFactory()), at=MOMENT)

    assert Delivery.objects.get().acknowledged_at is None


def test_what_was_withdrawn_can_not_be_confirmed() -> None:
    agency = AgencyFactory()
    dispatched_to(agency)
    Delivery.objects.update(withdrawn_at=MOMENT)

    with pytest.raises(NotAcknowledgeable):
        acknowledge(delivery=Delivery.objects.get().public_id, by=recipient_of(agency), at=MOMENT)

    assert not DeliveryEvent.objects.filter(kind=EventKind.ACKNOWLEDGED).exists()


def test_several_are_confirmed_all_or_none() -> None:
    agency, other = AgencyFactory(), AgencyFactory()
    person = recipient_of(agency)
    for _ in range(3):
        dispatched_to(agency)
    dispatched_to(other)
    mine = list(Delivery.objects.filter(agency=agency).values_list("public_id", flat=True))
    foreign = Delivery.objects.get(agency=other).public_id

    with pytest.raises(Delivery.DoesNotExist):
        acknowledge_several(deliveries=[*mine, foreign], agency=agency, by=person, at=MOMENT)
    assert Delivery.objects.outstanding().count() == 4

    outcomes = acknowledge_several(deliveries=mine, agency=agency, by=person, at=MOMENT)
    assert all(outcome.first for outcome in outcomes)
    assert list(Delivery.objects.outstanding()) == [Delivery.objects.get(agency=other)]


def test_opening_is_recorded_once_for_each_person_and_the_milestone_never_moves() -> None:
    agency = AgencyFactory()
    first, second = recipient_of(agency), recipient_of(agency)
    dispatched_to(agency)
    delivery = Delivery.objects.get()

    for person, hours in ((first, 1), (first, 2), (second, 3)):
        record_opened(delivery=delivery, by=person, at=MOMENT + timedelta(hours=hours))

    delivery.refresh_from_db()
    assert delivery.opened_at == MOMENT + timedelta(hours=1)
    assert [event.by for event in delivery.events.filter(kind=EventKind.OPENED)] == [first, second]


def test_a_download_is_recorded_once_for_each_person_and_file() -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    dispatched_to(agency)
    delivery = Delivery.objects.get()

    for name, digest in (("yazı.pdf", "a"), ("yazı.pdf", "a"), ("ek.pdf", "b")):
        record_downloaded(delivery=delivery, files=[TakenFile(name, digest)], by=person, at=MOMENT)

    assert [event.data["file"] for event in delivery.events.filter(kind=EventKind.DOWNLOADED)] == [
        "yazı.pdf",
        "ek.pdf",
    ]


def test_the_chain_holds_over_every_step_and_shows_a_change() -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    dispatched_to(agency)
    delivery = Delivery.objects.get()
    record_opened(delivery=delivery, by=person, at=MOMENT)
    acknowledge(delivery=delivery.public_id, by=person, at=MOMENT)

    events = list(delivery.events.all())
    assert [event.sequence for event in events] == [1, 2, 3]
    assert first_broken_event(delivery, events) is None

    events[1].data = {**events[1].data, "name": "Başkası"}
    assert first_broken_event(delivery, events) == events[1]
    assert first_broken_event(delivery, [events[0], events[2]]) == events[2]


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_an_event(change: str) -> None:
    dispatched_to(AgencyFactory())

    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        if change == "update":
            DeliveryEvent.objects.update(kind=EventKind.ACKNOWLEDGED)
        else:
            DeliveryEvent.objects.all().delete()

    assert DeliveryEvent.objects.get().kind == EventKind.DISPATCHED
