"""Concurrent actions on deliveries, each on a connection of its own."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from agencies.models import User
from circulars.models import Circular
from distribution.event_log import first_broken_event
from distribution.links import link_token, read_link
from distribution.models import Delivery, EventKind, LinkCode, Notice, NoticeKind
from distribution.outbox.send import claim_batch
from distribution.services.by_link.acknowledge_by_link import Result, acknowledge_by_link
from distribution.services.by_link.link_codes import TooManyCodes, request_code
from distribution.services.follow_up.withdraw import AlreadyWithdrawn, withdraw
from distribution.services.receiving.acknowledge import NotAcknowledgeable, acknowledge
from distribution.services.receiving.read import record_opened
from distribution.services.sending.dispatch import dispatch
from tests.at_once import at_once
from tests.factories import AgencyFactory, UserFactory, claimed, dispatched_to, draft_to, left, recipient_of

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def test_of_eight_dispatches_one_happens() -> None:
    circular = draft_to(*AgencyFactory.create_batch(5))
    sender: User = UserFactory()

    outcomes = at_once(*[lambda: dispatch(circular=circular, by=sender, at=timezone.now())] * AT_ONCE)

    assert sorted(outcome.now for outcome in outcomes) == [False] * (AT_ONCE - 1) + [True]
    assert Delivery.objects.count() == Notice.objects.count() == 5


def test_of_fifty_confirmations_one_is_the_first() -> None:
    agency = AgencyFactory()
    people = [recipient_of(agency) for _ in range(50)]
    dispatched_to(agency)
    delivery = Delivery.objects.get()

    def confirming(person: User) -> Callable[[], bool]:
        return lambda: acknowledge(delivery=delivery.public_id, by=person, at=timezone.now()).first

    assert sum(at_once(*map(confirming, people))) == 1
    assert delivery.events.filter(kind=EventKind.ACKNOWLEDGED).count() == 1


def test_each_notice_is_claimed_by_one_worker() -> None:
    dispatched_to(*AgencyFactory.create_batch(AT_ONCE))

    shares = at_once(*[lambda: claim_batch(at=timezone.now(), most=1)] * AT_ONCE)

    assert {notice.pk for batch in shares for notice in batch} == set(
        Notice.objects.values_list("pk", flat=True)
    )


def test_the_chain_holds_when_everything_happens_at_once() -> None:
    agency = AgencyFactory()
    people = [recipient_of(agency) for _ in range(AT_ONCE)]
    circular: Circular = dispatched_to(agency)
    delivery = Delivery.objects.get(circular=circular)
    notice = claimed()

    def opening(person: User) -> Callable[[], object]:
        return lambda: record_opened(delivery=delivery, by=person, at=timezone.now())

    at_once(
        *map(opening, people),
        lambda: left(notice),
        lambda: acknowledge(delivery=delivery.public_id, by=people[0], at=timezone.now()),
    )

    events = list(delivery.events.all())
    assert len(events) == 1 + AT_ONCE + 2
    assert first_broken_event(delivery, events) is None


def test_of_eight_posts_with_one_code_one_confirms_and_no_try_is_lost() -> None:
    dispatched_to(AgencyFactory())
    delivery, at = Delivery.objects.get(), timezone.now()
    link = read_link(link_token(delivery, at=at), at=at)
    code = request_code(link=link, at=at)

    def trying(digits: str) -> Callable[[], Result]:
        typed = {"name": "Ayşe Çağlayan", "job_title": "Memur", "register_number": "7"}
        return lambda: acknowledge_by_link(link=link, code=digits, at=timezone.now(), **typed).result

    wrong = f"{(int(code.digits) + 1) % 10**6:06d}"
    assert at_once(trying(wrong), trying(wrong), trying(wrong)) == [Result.WRONG_CODE] * 3
    code.refresh_from_db()
    assert code.tries == 3

    results = at_once(*[trying(code.digits)] * AT_ONCE)

    assert sorted(result.name for result in results) == ["CONFIRMED"] + ["KNOWN"] * (AT_ONCE - 1)
    assert delivery.events.filter(kind=EventKind.ACKNOWLEDGED).count() == 1
    assert first_broken_event(delivery, delivery.events.all()) is None


def test_of_eight_demands_for_a_code_three_are_met() -> None:
    dispatched_to(AgencyFactory())
    at = timezone.now()
    link = read_link(link_token(Delivery.objects.get(), at=at), at=at)

    def asking() -> bool:
        try:
            request_code(link=link, at=timezone.now())
        except TooManyCodes:
            return False
        return True

    assert sum(at_once(*[asking] * AT_ONCE)) == 3
    assert LinkCode.objects.count() == 3


def test_withdrawing_and_confirming_at_once_end_in_one_of_two_orders() -> None:
    """A confirmation given first is kept; one that comes later is refused."""
    for _ in range(5):
        agencies = AgencyFactory.create_batch(4)
        circular = dispatched_to(*agencies)
        deliveries = list(Delivery.objects.filter(circular=circular).order_by("-pk"))
        people = {delivery.pk: recipient_of(delivery.agency) for delivery in deliveries}

        def confirming(delivery: Delivery, people: dict[int, User]) -> Callable[[], str]:
            def confirm() -> str:
                try:
                    acknowledge(delivery=delivery.public_id, by=people[delivery.pk], at=timezone.now())
                except NotAcknowledgeable:
                    return "refused"
                return "confirmed"

            return confirm

        def withdrawing(circular: Circular) -> Callable[[], str]:
            def withdraw_letter() -> str:
                withdraw(circular=circular, reason="Yanlış", by=circular.recorded_by, at=timezone.now())
                return "withdrawn"

            return withdraw_letter

        confirmations = [confirming(delivery, people) for delivery in deliveries]
        outcomes = at_once(*confirmations, withdrawing(circular))

        assert outcomes[-1] == "withdrawn"
        for delivery, outcome in zip(deliveries, outcomes, strict=False):
            delivery.refresh_from_db()
            events = list(delivery.events.all())
            assert delivery.withdrawn_at is not None
            assert (delivery.acknowledged_at is not None) == (outcome == "confirmed")
            assert events[-1].kind == EventKind.WITHDRAWN
            assert (EventKind.ACKNOWLEDGED in [event.kind for event in events]) == (outcome == "confirmed")
            assert first_broken_event(delivery, events) is None


def test_of_eight_withdrawals_one_happens() -> None:
    circular = dispatched_to(*AgencyFactory.create_batch(3))

    def withdraw_letter() -> bool:
        try:
            withdraw(circular=circular, reason="Yanlış", by=circular.recorded_by, at=timezone.now())
        except AlreadyWithdrawn:
            return False
        return True

    assert sum(at_once(*[withdraw_letter] * AT_ONCE)) == 1
    assert circular.changes.count() == 1


def test_withdrawing_while_workers_send_does_not_deadlock() -> None:
    circular = dispatched_to(*AgencyFactory.create_batch(6))
    batch = [claimed() for _ in range(6)]

    def leaving(notice: Notice) -> Callable[[], object]:
        return lambda: left(notice)

    at_once(
        *map(leaving, batch),
        lambda: withdraw(circular=circular, reason="Yanlış", by=circular.recorded_by, at=timezone.now()),
    )

    assert Notice.objects.filter(kind=NoticeKind.WITHDRAWN).count() == 6
    assert not Delivery.objects.live().exists()
