"""The service that dispatches a letter."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from circulars.models import Purpose, Status, Urgency
from distribution.event_log import first_broken_event
from distribution.models import Delivery, DeliveryEvent, EventKind, Notice, NoticeState, Stage
from distribution.services.sending.dispatch import NotReady, dispatch
from distribution.services.sending.preflight import preflight
from tests.factories import (
    MOMENT,
    AgencyFactory,
    AgencyGroupFactory,
    LineFactory,
    UserFactory,
    draft_to,
    recipient_of,
)

pytestmark = pytest.mark.django_db


def test_every_recipient_has_a_delivery_an_event_and_a_notice() -> None:
    agencies = AgencyFactory.create_batch(3)
    circular = draft_to(*agencies)
    sender = UserFactory()

    outcome = dispatch(circular=circular, by=sender, at=MOMENT)

    assert outcome.now
    assert outcome.recipients == 3
    deliveries = list(Delivery.objects.filter(circular=circular))
    assert {delivery.agency for delivery in deliveries} == set(agencies)
    assert {delivery.stage for delivery in deliveries} == {Stage.WAITING}
    for delivery in deliveries:
        events = list(delivery.events.all())
        assert [(event.kind, event.by, event.at) for event in events] == [
            (EventKind.DISPATCHED, sender, MOMENT)
        ]
        assert first_broken_event(delivery, events) is None
    notices = Notice.objects.filter(delivery__circular=circular)
    assert {(notice.address, notice.state) for notice in notices} == {
        (agency.email, NoticeState.WAITING) for agency in agencies
    }
    assert len({notice.message_id for notice in notices}) == 3
    circular.refresh_from_db()
    assert circular.status == Status.DISPATCHED
    assert len(circular.content_sha256) == 64


def test_dispatching_twice_changes_nothing() -> None:
    circular = draft_to(*AgencyFactory.create_batch(2))
    first = dispatch(circular=circular, by=UserFactory(), at=MOMENT)

    second = dispatch(circular=circular, by=UserFactory(), at=timezone.now())

    assert not second.now
    assert second.recipients == 2
    assert second.circular.dispatched_at == first.circular.dispatched_at
    assert Delivery.objects.count() == DeliveryEvent.objects.count() == Notice.objects.count() == 2


def test_the_number_of_queries_does_not_grow_with_the_recipients() -> None:
    counts = []
    for size in (2, 20):
        group = AgencyGroupFactory()
        group.members.set(AgencyFactory.create_batch(size))
        circular = draft_to(*AgencyFactory.create_batch(size))
        LineFactory(circular=circular, position=size, agency=None, group=group, text="Sınama Başkanlıklarına")
        with CaptureQueriesContext(connection) as queries:
            outcome = dispatch(circular=circular, by=circular.recorded_by, at=MOMENT)
        assert outcome.recipients == 2 * size
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))

    assert counts == [15, 15]


def test_a_unit_named_twice_receives_it_once_for_action() -> None:
    agency = AgencyFactory()
    circular = draft_to(agency, purpose=Purpose.INFORMATION)
    LineFactory(circular=circular, position=5, agency=agency, purpose=Purpose.ACTION)

    dispatch(circular=circular, by=UserFactory(), at=MOMENT)

    delivery = Delivery.objects.get(circular=circular)
    assert delivery.purpose == Purpose.ACTION
    assert delivery.line is not None
    assert delivery.line.position == 5


def test_a_unit_without_an_address_is_delivered_without_a_notice() -> None:
    circular = draft_to(AgencyFactory(email=""), AgencyFactory())

    dispatch(circular=circular, by=UserFactory(), at=MOMENT)

    assert Delivery.objects.count() == 2
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [{"date": None}, {"number": ""}, {"subject": ""}, {"urgency": Urgency.TIMED}],
    ids=lambda fields: next(iter(fields)),
)
def test_an_incomplete_letter_is_refused_and_leaves_nothing(fields: dict[str, object]) -> None:
    circular = draft_to(AgencyFactory(), **fields)

    with pytest.raises(NotReady) as refusal:
        dispatch(circular=circular, by=UserFactory(), at=MOMENT)

    assert refusal.value.preflight.missing == [name if name != "urgency" else "due_at" for name in fields]
    _left_nothing(circular)


def test_a_letter_without_recipients_is_refused() -> None:
    circular = draft_to()

    with pytest.raises(NotReady) as refusal:
        dispatch(circular=circular, by=UserFactory(), at=MOMENT)

    assert refusal.value.preflight.no_recipients
    _left_nothing(circular)


def test_an_unknown_line_is_refused_and_named() -> None:
    circular = draft_to(AgencyFactory())
    line = LineFactory(circular=circular, position=1, agency=None, text="Bilinmeyen Daire Başkanlığına")

    with pytest.raises(NotReady) as refusal:
        dispatch(circular=circular, by=UserFactory(), at=MOMENT)

    assert refusal.value.preflight.unresolved == [line]
    _left_nothing(circular)


def test_a_group_without_members_is_refused_and_named() -> None:
    circular = draft_to(AgencyFactory())
    line = LineFactory(
        circular=circular, position=1, agency=None, group=AgencyGroupFactory(), text="Boş Gruba"
    )

    with pytest.raises(NotReady) as refusal:
        dispatch(circular=circular, by=UserFactory(), at=MOMENT)

    assert refusal.value.preflight.empty_groups == [line]
    _left_nothing(circular)


def test_a_closed_unit_is_refused_and_named() -> None:
    closed = AgencyFactory(active_to=MOMENT.date())
    circular = draft_to(closed, AgencyFactory())

    with pytest.raises(NotReady) as refusal:
        dispatch(circular=circular, by=UserFactory(), at=MOMENT)

    assert refusal.value.preflight.closed == [closed]
    _left_nothing(circular)


def test_units_without_address_or_people_are_named_but_do_not_stop_it() -> None:
    silent, alone, ready = AgencyFactory(email=""), AgencyFactory(), AgencyFactory()
    recipient_of(silent)
    recipient_of(ready)
    circular = draft_to(silent, alone, ready)

    checked = preflight(circular=circular, at=timezone.now())
    outcome = dispatch(circular=circular, by=UserFactory(), at=timezone.now())

    assert checked.without_address == [silent]
    assert checked.without_people == [alone]
    assert outcome.recipients == 3
    assert {delivery.agency for delivery in Delivery.objects.all()} == {silent, alone, ready}
    assert {notice.agency for notice in Notice.objects.all()} == {alone, ready}


def _left_nothing(circular: object) -> None:
    assert not Delivery.objects.exists()
    assert not Notice.objects.exists()
    assert not DeliveryEvent.objects.exists()
    circular.refresh_from_db()  # type: ignore[attr-defined]
    assert circular.status == Status.DRAFT  # type: ignore[attr-defined]
