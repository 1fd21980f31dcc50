"""Concurrent sweeps, and an answer during a sweep: one reminder, one digest."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from distribution.event_log import first_broken_event
from distribution.models import Delivery, Notice, NoticeKind
from distribution.outbox.digest import form_digests
from distribution.reminders.send import remind_due, sweep_reminders
from distribution.services.receiving.acknowledge import acknowledge
from tests.distribution.receiving.test_at_once import at_once
from tests.factories import AgencyFactory, dispatched_to, recipient_of

pytestmark = pytest.mark.django_db(transaction=True)
ISTANBUL = ZoneInfo("Europe/Istanbul")
DISPATCH = datetime(2026, 11, 2, 10, 0, tzinfo=ISTANBUL)
MORNING = datetime(2026, 11, 9, 8, 31, tzinfo=ISTANBUL)


def test_of_four_sweeps_one_plans_one_reminds_and_one_bundles() -> None:
    agency = AgencyFactory()
    for _ in range(3):
        dispatched_to(agency, at=DISPATCH)

    at_once(*[lambda: sweep_reminders(at=DISPATCH)] * 4)
    at_once(*[lambda: sweep_reminders(at=MORNING)] * 4)
    form_digests(at=MORNING)

    assert Notice.objects.filter(kind=NoticeKind.REMINDER).count() == 3
    assert Notice.objects.filter(kind=NoticeKind.DIGEST).count() == 1
    assert set(Delivery.objects.values_list("reminders_done", flat=True)) == {1}


def test_confirmations_during_a_sweep_leave_the_chains_valid() -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    for _ in range(4):
        dispatched_to(agency, at=DISPATCH)
    sweep_reminders(at=DISPATCH)
    deliveries = list(Delivery.objects.all())

    def confirming(delivery: Delivery) -> Callable[[], object]:
        return lambda: acknowledge(delivery=delivery.public_id, by=person, at=MORNING)

    at_once(lambda: remind_due(at=MORNING), *map(confirming, deliveries))
    remind_due(at=MORNING)

    for delivery in deliveries:
        assert first_broken_event(delivery, delivery.events.order_by("sequence")) is None
    assert not Delivery.objects.filter(next_reminder_at__lte=MORNING).exists()
