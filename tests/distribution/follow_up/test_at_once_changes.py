"""Concurrent withdrawal, passing on, confirmation and closing of a unit: no deadlocks, consistent outcome."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone

from agencies.models import Agency
from circulars.models import Circular, Purpose
from distribution.models import Delivery, EventKind, Notice, NoticeState
from distribution.outbox.send import send_due
from distribution.services import succession
from distribution.services.follow_up.correct import choose_touched
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import NotAcknowledgeable, acknowledge, acknowledge_several
from distribution.services.receiving.pass_on import NoLongerLive, pass_on
from distribution.services.sending.dispatch import dispatch
from tests.at_once import at_once, somebody_waits_for_a_lock
from tests.consistency import findings
from tests.distribution.follow_up.correcting import begin
from tests.factories import AgencyFactory, UserFactory, dispatched_to, recipient_of, sender_of
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db(transaction=True)
RECIPIENTS = 8


def agrees() -> bool:
    return findings() == []


def confirming(delivery: Delivery) -> Callable[[], bool]:
    person = recipient_of(delivery.agency)

    def confirm() -> bool:
        try:
            return acknowledge(delivery=delivery.public_id, by=person, at=timezone.now()).first
        except NotAcknowledgeable:
            return False

    return confirm


def test_a_concurrent_withdrawal_and_confirmations_stay_consistent(postbox: Postbox) -> None:
    circular = dispatched_to(*AgencyFactory.create_batch(RECIPIENTS), at=timezone.now())
    sender = sender_of(circular.issuer)
    deliveries = list(Delivery.objects.order_by("pk"))

    def withdrawing() -> bool:
        withdraw(circular=circular, reason="yanlış liste", by=sender, at=timezone.now())
        return True

    outcomes = at_once(withdrawing, *map(confirming, deliveries), lambda: bool(send_due()))

    for delivery, confirmed in zip(deliveries, outcomes[1:-1], strict=True):
        delivery.refresh_from_db()
        assert delivery.withdrawn_at is not None
        assert (delivery.acknowledged_at is not None) == confirmed
        assert delivery.events.filter(kind=EventKind.ACKNOWLEDGED).count() == confirmed
    send_due()
    assert agrees()


def test_what_is_passed_on_while_the_letter_is_withdrawn_is_withdrawn_too(postbox: Postbox) -> None:
    units = AgencyFactory.create_batch(RECIPIENTS)
    below = {unit.pk: AgencyFactory(parent=unit) for unit in units}
    circular = dispatched_to(*units, at=timezone.now())
    sender = sender_of(circular.issuer)

    def passing(delivery: Delivery) -> Callable[[], bool]:
        person = recipient_of(delivery.agency)
        recipients = [(below[delivery.agency_id], Purpose.ACTION)]

        def pass_it_on() -> bool:
            try:
                pass_on(
                    delivery=delivery.public_id, recipients=recipients, note="", due_at=None, by=person,
                    at=timezone.now(),
                )  # fmt: skip
            except NoLongerLive:
                return False
            return True

        return pass_it_on

    def withdrawing() -> bool:
        withdraw(circular=circular, reason="yanlış dosya", by=sender, at=timezone.now())
        return True

    passed = at_once(withdrawing, *map(passing, Delivery.objects.order_by("pk")))[1:]

    assert Delivery.objects.exclude(parent=None).count() == sum(passed)
    assert not Delivery.objects.live().exists()
    assert not Notice.objects.filter(kind="letter", state=NoticeState.WAITING).exists()
    assert agrees()


def test_confirming_many_while_the_unit_is_closed_does_not_deadlock() -> None:
    closing, successor = AgencyFactory(), AgencyFactory()
    person = recipient_of(closing)
    for _ in range(12):
        dispatched_to(closing, at=timezone.now(), purpose=Purpose.INFORMATION)
    mine = list(Delivery.objects.values_list("public_id", flat=True))
    Agency.objects.filter(pk=closing.pk).update(active_to=date(2026, 1, 1), successor=successor)
    closing.refresh_from_db()

    def confirm_all() -> int:
        try:
            return len(acknowledge_several(deliveries=mine, agency=closing, by=person, at=timezone.now()))
        except Delivery.DoesNotExist:
            return 0

    confirmed, *_passed = at_once(
        confirm_all,
        lambda: succession.transfer_obligations(unit=closing, by=None, at=timezone.now()).transferred,
        lambda: succession.follow_successors(at=timezone.now()).transferred,
    )

    assert Delivery.objects.exclude(acknowledged_at=None).count() == confirmed
    assert Delivery.objects.filter(successor=successor).count() == 12 - confirmed
    assert agrees()


def test_confirming_and_closing_the_unit_do_not_deadlock() -> None:
    closing, successor = AgencyFactory(), AgencyFactory()
    dispatched_to(closing, at=timezone.now())
    person, administrator = recipient_of(closing), UserFactory()

    def close() -> int:
        try:
            closed = succession.close_unit(
                agency=closing,
                on=timezone.localdate(),
                successor=successor,
                by=administrator,
                at=timezone.now(),
            )
            return closed.transferred
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            locked = Delivery.objects.select_for_update(no_key=True).get()
            passed = pool.submit(close)
            while not somebody_waits_for_a_lock():
                assert not passed.done()
            acknowledge(delivery=locked.public_id, by=person, at=timezone.now())
        assert passed.result(timeout=20) == 1
    assert agrees()


def test_a_correction_that_leaves_while_its_letter_is_withdrawn_keeps_the_number() -> None:
    agency = AgencyFactory()
    letter = dispatched_to(agency, at=timezone.now())
    draft = begin(letter)
    choose_touched(correction=draft, note="Tarih düzeltildi", agencies=[agency])
    sender = sender_of(letter.issuer)

    def withdraw_it() -> bool:
        try:
            return bool(withdraw(circular=letter, reason="Yanlış", by=sender, at=timezone.now()))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            dispatch(circular=draft, by=sender, at=timezone.now())
            withdrawn = pool.submit(withdraw_it)
            while not somebody_waits_for_a_lock():
                assert not withdrawn.done()
        assert withdrawn.result(timeout=20)

    assert Delivery.objects.in_force().get().circular == draft
    assert set(Circular.objects.values_list("number_in_use", flat=True)) == {True}
    assert agrees()
