"""A deputy acts for an absent person in one unit during a period; the record shows both."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.access import deputy_of
from agencies.models import Agency, Deputyship, Membership, Role, User
from agencies.services.deputies import end_deputyship, enter_deputyship
from agencies.services.refusal import ActionRefused
from agencies.views.acting import load_acting
from tests.factories import AgencyFactory, MembershipFactory, UserFactory, manager_of, recipient_of, sender_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Agency:
    agency: Agency = AgencyFactory()
    return agency


def appoint(unit: Agency, absent: User, deputy: User, **fields: object) -> Deputyship:
    today = timezone.localdate()
    given = {"first_day": today, "last_day": today + timedelta(days=4), "reason": "İzin", "by": absent}
    return enter_deputyship(agency=unit, absent=absent, deputy=deputy, at=timezone.now(), **(given | fields))


def held(user: User, role: Role = Role.RECIPIENT, on: date | None = None) -> list[int]:
    return list(Membership.objects.agencies_of(user, role, on))


def test_a_deputy_has_what_the_absent_person_has_in_that_unit_and_only_there(unit: Agency) -> None:
    absent = recipient_of(unit)
    MembershipFactory(user=absent, agency=unit, role=Role.SENDER)
    elsewhere = MembershipFactory(user=absent).agency
    deputy = UserFactory()

    appoint(unit, absent, deputy)

    assert held(deputy) == [unit.pk]
    assert held(deputy, Role.SENDER) == [unit.pk]
    assert held(deputy, Role.MANAGER) == []
    assert elsewhere.pk not in held(deputy)
    assert len(held(absent)) == 2


def test_a_deputyship_holds_from_its_first_to_its_last_day(unit: Agency) -> None:
    deputy = UserFactory()
    today = timezone.localdate()
    appoint(
        unit,
        recipient_of(unit),
        deputy,
        first_day=today + timedelta(days=1),
        last_day=today + timedelta(days=3),
    )

    days = [bool(held(deputy, on=today + timedelta(days=day))) for day in range(5)]

    assert days == [False, True, True, True, False]


@pytest.mark.parametrize(
    "end",
    [
        lambda rule: end_deputyship(deputyship=rule, by=rule.absent, at=timezone.now()),
        lambda rule: rule.absent.memberships.update(active_to=timezone.localdate()),
        lambda rule: User.objects.filter(pk=rule.absent_id).update(is_active=False),
    ],
    ids=["ended early", "the membership ended", "the account was closed"],
)
def test_access_ends_with(unit: Agency, end: Callable[[Deputyship], object]) -> None:
    deputy = UserFactory()
    rule = appoint(unit, recipient_of(unit), deputy)
    assert load_acting(deputy, None).receives

    end(rule)

    assert held(deputy) == []
    assert load_acting(deputy, None).agency is None


def test_acting_lists_the_absent_people_with_one_query(unit: Agency) -> None:
    absent, deputy = recipient_of(unit), recipient_of(AgencyFactory(protocol_order=1, parent=unit))
    MembershipFactory(user=absent, agency=unit, role=Role.SENDER)
    appoint(unit, absent, deputy)

    with CaptureQueriesContext(connection) as queries:
        acting = load_acting(deputy, unit.pk)

    assert len(queries) == 1
    assert acting.agency == unit
    assert acting.roles == {Role.RECIPIENT, Role.SENDER}
    assert acting.stands_in_for == [absent]
    assert load_acting(deputy, None).stands_in_for == []


def test_the_absent_person_is_named_only_where_the_role_is_not_the_deputys_own(unit: Agency) -> None:
    absent, deputy, today = recipient_of(unit), sender_of(unit), timezone.localdate()
    MembershipFactory(user=absent, agency=unit, role=Role.SENDER)
    appoint(unit, absent, deputy)

    assert deputy_of(deputy, unit, Role.RECIPIENT, today) == absent
    assert deputy_of(deputy, unit, Role.SENDER, today) is None
    assert deputy_of(absent, unit, Role.RECIPIENT, today) is None
    assert deputy_of(UserFactory(), unit, Role.RECIPIENT, today) is None
    assert deputy_of(deputy, unit, Role.RECIPIENT, today + timedelta(days=9)) is None


def test_the_question_of_the_units_is_answered_by_indexes(unit: Agency) -> None:
    deputy = UserFactory()
    MembershipFactory.create_batch(3)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Membership.objects.agencies_of(deputy, Role.RECIPIENT).explain()
    assert "Seq Scan" not in plan


def test_a_manager_of_the_unit_and_an_administrator_may_enter_it(unit: Agency) -> None:
    below = AgencyFactory(parent=unit)
    absent = recipient_of(below)
    administrator = UserFactory(is_superuser=True)

    assert appoint(below, absent, UserFactory(), by=manager_of(unit)).entered_by != absent
    assert appoint(below, absent, UserFactory(), by=administrator).entered_by == administrator


@pytest.mark.parametrize("other", [recipient_of, sender_of])
def test_a_colleague_may_not(unit: Agency, other: Callable[[Agency], User]) -> None:
    with pytest.raises(ActionRefused) as refused:
        appoint(unit, recipient_of(unit), UserFactory(), by=other(unit))
    assert refused.value.field == "absent"
    assert not Deputyship.objects.exists()


def test_a_managers_deputy_appoints_nobody(unit: Agency) -> None:
    manager, deputy = manager_of(unit), UserFactory()
    appoint(unit, manager, deputy)
    for absent in (manager, recipient_of(unit)):
        with pytest.raises(ActionRefused):
            appoint(unit, absent, deputy, by=deputy, first_day=timezone.localdate() + timedelta(days=5))
    assert Deputyship.objects.count() == 1


def test_a_deputy_passes_nothing_on_to_a_further_deputy(unit: Agency) -> None:
    absent, deputy, further = recipient_of(unit), UserFactory(), UserFactory()
    appoint(unit, absent, deputy)
    with pytest.raises(ActionRefused):
        appoint(unit, deputy, further, by=deputy)
    assert held(further) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (lambda absent, today: {"deputy": absent}, "deputy"),
        (lambda absent, today: {"deputy": UserFactory(is_active=False)}, "deputy"),
        (lambda absent, today: {"last_day": today - timedelta(days=1)}, "last_day"),
        (
            lambda absent, today: {
                "first_day": today - timedelta(days=9),
                "last_day": today - timedelta(days=1),
            },
            "last_day",
        ),
        (lambda absent, today: {"last_day": today + timedelta(days=400)}, "last_day"),
        (lambda absent, today: {"agency": AgencyFactory()}, "absent"),
    ],
    ids=["oneself", "no account", "ends before", "over", "too long", "no role there"],
)
def test_invalid_values_are_refused_at_their_field(
    unit: Agency, changed: Callable[[User, date], dict[str, object]], field: str
) -> None:
    absent, today = recipient_of(unit), timezone.localdate()
    given = {"agency": unit, "deputy": UserFactory()} | changed(absent, today)
    with pytest.raises(ActionRefused) as refused:
        appoint(given.pop("agency"), absent, given.pop("deputy"), **given)
    assert refused.value.field == field
    assert not Deputyship.objects.exists()


def test_a_role_that_ends_before_the_deputyship_begins_gives_the_deputy_nothing(unit: Agency) -> None:
    today = timezone.localdate()
    absent = MembershipFactory(agency=unit, active_to=today + timedelta(days=2)).user
    with pytest.raises(ActionRefused) as refused:
        appoint(unit, absent, UserFactory(), first_day=today + timedelta(days=2))
    assert refused.value.field == "absent"


def test_the_same_deputy_is_not_entered_twice_for_a_day(unit: Agency) -> None:
    absent, deputy = recipient_of(unit), UserFactory()
    first = appoint(unit, absent, deputy)
    with pytest.raises(ActionRefused) as refused:
        appoint(unit, absent, deputy)
    assert refused.value.field == "first_day"

    end_deputyship(deputyship=first, by=absent, at=timezone.now())
    appoint(unit, absent, deputy)
    assert Deputyship.objects.count() == 2


def test_ending_twice_keeps_the_first_moment(unit: Agency) -> None:
    absent, deputy = recipient_of(unit), UserFactory()
    rule = appoint(unit, absent, deputy)
    moment = timezone.now()
    end_deputyship(deputyship=rule, by=deputy, at=moment)
    end_deputyship(deputyship=rule, by=absent, at=moment + timedelta(hours=1))
    rule.refresh_from_db()
    assert (rule.ended_at, rule.ended_by) == (moment, deputy)


def test_a_stranger_ends_nothing(unit: Agency) -> None:
    rule = appoint(unit, recipient_of(unit), UserFactory())
    with pytest.raises(Deputyship.DoesNotExist):
        end_deputyship(deputyship=rule, by=recipient_of(unit), at=timezone.now())
    rule.refresh_from_db()
    assert rule.ended_at is None


def test_the_database_too_refuses_ones_own_deputy(unit: Agency) -> None:
    person = recipient_of(unit)
    with pytest.raises(IntegrityError):
        Deputyship.objects.create(
            agency=unit,
            absent=person,
            deputy=person,
            active_from=date(2026, 1, 1),
            active_to=date(2026, 1, 2),
            entered_by=person,
            entered_at=datetime.now(tz=timezone.get_current_timezone()),
        )


def test_a_person_of_another_institution_is_named_by_an_administrator_only() -> None:
    ministry, other = AgencyFactory(), AgencyFactory()
    unit = AgencyFactory(parent=ministry)
    absent, stranger = recipient_of(unit), recipient_of(other)

    with pytest.raises(ActionRefused) as refusal:
        appoint(unit, absent, stranger)
    assert refusal.value.field == "deputy"
    assert not Deputyship.objects.exists()

    appoint(unit, absent, recipient_of(AgencyFactory(parent=ministry)))
    appoint(unit, absent, stranger, by=UserFactory(is_superuser=True))
    assert Deputyship.objects.count() == 2
