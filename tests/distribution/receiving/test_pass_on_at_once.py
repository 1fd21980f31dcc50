"""Passing on concurrently with other changes of the letter: no orphans, no second copy."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from agencies.models import Agency, User
from circulars.models import Purpose
from distribution.event_log import first_broken_event
from distribution.models import Delivery, EventKind, Notice, NoticeState
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.pass_on import NoLongerLive, pass_on
from distribution.services.receiving.return_letter import return_letter
from tests.distribution.receiving.test_at_once import AT_ONCE, at_once
from tests.factories import AgencyFactory, dispatched_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def passing(delivery: Delivery, by: User, agencies: list[Agency]) -> Callable[[], int]:
    """A call that passes the letter on; returns the number of deliveries written, or -1 if refused."""

    def act() -> int:
        try:
            outcome = pass_on(
                delivery=delivery.public_id,
                recipients=[(agency, Purpose.ACTION) for agency in agencies],
                note="",
                due_at=None,
                by=by,
                at=timezone.now(),
                confirm=True,
            )
        except NoLongerLive:
            return -1
        return len(outcome.children)

    return act


def test_of_eight_who_pass_on_the_same_one_writes() -> None:
    unit = AgencyFactory()
    below = AgencyFactory.create_batch(3, parent=unit)
    top = dispatched_to(unit).deliveries.get()
    people = [recipient_of(unit) for _ in range(AT_ONCE)]

    outcomes = at_once(*[passing(top, person, below) for person in people])

    assert sorted(outcomes) == [0] * (AT_ONCE - 1) + [3]
    assert top.children.count() == 3
    assert top.events.filter(kind=EventKind.PASSED_ON).count() == 1
    assert top.events.filter(kind=EventKind.ACKNOWLEDGED).count() == 1
    assert first_broken_event(top, top.events.order_by("sequence")) is None


@pytest.mark.parametrize("number", range(ROUNDS))
def test_passing_on_against_withdrawing_leaves_no_live_copy(number: int) -> None:
    issuer, unit = AgencyFactory(), AgencyFactory()
    first, second = AgencyFactory.create_batch(2, parent=unit)
    top = dispatched_to(unit, issuer=issuer).deliveries.get()
    sender, one, other = sender_of(issuer), recipient_of(unit), recipient_of(unit)

    at_once(
        lambda: withdraw(circular=top.circular, reason="Yanlış liste", by=sender, at=timezone.now()),
        passing(top, one, [first]),
        passing(top, other, [second]),
    )

    assert not Delivery.objects.live().filter(circular=top.circular).exists()
    assert not Notice.objects.filter(
        delivery__parent=top, kind="letter", state__in=[NoticeState.WAITING, NoticeState.HELD]
    ).exists()
    for delivery in Delivery.objects.filter(circular=top.circular):
        assert first_broken_event(delivery, delivery.events.order_by("sequence")) is None


@pytest.mark.parametrize("number", range(ROUNDS))
def test_passing_on_against_returning_both_end(number: int) -> None:
    unit = AgencyFactory()
    below = AgencyFactory(parent=unit)
    top = dispatched_to(unit).deliveries.get()
    person = recipient_of(unit)

    passed, _returned = at_once(
        passing(top, person, [below]),
        lambda: return_letter(
            delivery=top.public_id, by=person, at=timezone.now(), ground="not_addressee", reason="Bizim değil"
        ),
    )

    top.refresh_from_db()
    assert top.returned_at is not None
    assert top.children.count() == max(passed, 0)
