"""Access rules give the same answer for sets of rows and for a single row."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Agency, Role, User
from agencies.services.deputies import enter_deputyship
from distribution.models import Delivery
from distribution.services.succession import close_unit
from distribution.visibility import answerable_by, answerer
from tests.factories import (
    AgencyFactory,
    MembershipFactory,
    UserFactory,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)

pytestmark = pytest.mark.django_db


def member(unit: Agency, successor: Agency) -> User:
    return recipient_of(unit)


def former_member(unit: Agency, successor: Agency) -> User:
    yesterday = timezone.localdate() - timedelta(days=1)
    person: User = UserFactory()
    MembershipFactory(
        user=person,
        agency=unit,
        role=Role.RECIPIENT,
        active_from=yesterday - timedelta(days=9),
        active_to=yesterday,
    )
    return person


def deputy(unit: Agency, successor: Agency, *, first: int = 0) -> User:
    absent, person, today = recipient_of(unit), UserFactory(), timezone.localdate()
    enter_deputyship(
        agency=unit,
        absent=absent,
        deputy=person,
        first_day=today + timedelta(days=first),
        last_day=today + timedelta(days=first + 1),
        reason="",
        by=absent,
        at=timezone.now(),
    )
    return person


def deputy_from_tomorrow(unit: Agency, successor: Agency) -> User:
    return deputy(unit, successor, first=1)


def member_of_the_successor(unit: Agency, successor: Agency) -> User:
    return recipient_of(successor)


def deputy_at_the_successor(unit: Agency, successor: Agency) -> User:
    return deputy(successor, unit)


def sender_of_the_unit(unit: Agency, successor: Agency) -> User:
    return sender_of(unit)


def manager_of_the_unit(unit: Agency, successor: Agency) -> User:
    return manager_of(unit)


def member_of_the_unit_above(unit: Agency, successor: Agency) -> User:
    assert unit.parent is not None
    return recipient_of(unit.parent)


def stranger(unit: Agency, successor: Agency) -> User:
    return recipient_of(AgencyFactory())


# User, and whether they answer before and after the unit was closed into its successor.
CASES: list[tuple[Callable[[Agency, Agency], User], bool, bool]] = [
    (member, True, False),
    (former_member, False, False),
    (deputy, True, False),
    (deputy_from_tomorrow, False, False),
    (member_of_the_successor, False, True),
    (deputy_at_the_successor, False, True),
    (sender_of_the_unit, False, False),
    (manager_of_the_unit, False, False),
    (member_of_the_unit_above, False, False),
    (stranger, False, False),
]


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize(
    ("who", "while_open", "when_closed"), CASES, ids=[case[0].__name__ for case in CASES]
)
def test_the_rule_for_a_set_and_for_one_row_agree(
    who: Callable[[Agency, Agency], User], while_open: bool, when_closed: bool, closed: bool
) -> None:
    unit, successor = AgencyFactory(parent=AgencyFactory()), AgencyFactory()
    person = who(unit, successor)
    dispatched_to(unit)
    today = timezone.localdate()
    if closed:
        close_unit(agency=unit, on=today, successor=successor, by=UserFactory(), at=timezone.now())

    delivery = Delivery.objects.select_related("agency", "successor").get()
    expected = when_closed if closed else while_open
    assert answerable_by(person).filter(pk=delivery.pk).exists() is expected
    assert (answerer(delivery, person, today) is not None) is expected
