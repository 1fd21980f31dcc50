"""The current unit: chosen among the person's units, never beyond them."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Role, User
from agencies.views.acting import SESSION_KEY, load_acting
from tests.conftest import SignIn
from tests.factories import AgencyFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def registrar() -> User:
    """A person who acts for two units."""
    user: User = UserFactory()
    MembershipFactory(user=user, agency=AgencyFactory(name="İkinci Birim", protocol_order=2))
    MembershipFactory(user=user, agency=AgencyFactory(name="Birinci Birim", protocol_order=1))
    MembershipFactory(
        user=user, agency=user.memberships.get(agency__name="Birinci Birim").agency, role=Role.SENDER
    )
    return user


def test_the_first_unit_in_protocol_order_is_acted_for_until_another_is_chosen(registrar: User) -> None:
    acting = load_acting(registrar, None)
    assert acting.agency is not None
    assert acting.agency.name == "Birinci Birim"
    assert (acting.sends, acting.receives, acting.manages) == (True, True, False)


def test_a_person_chooses_another_of_their_units(registrar: User, signed_in: SignIn) -> None:
    client = signed_in(registrar)
    second = registrar.memberships.get(agency__name="İkinci Birim").agency
    response = client.post(reverse("act_for"), {"agency": second.pk})
    assert response.status_code == 302
    assert response["Location"] == reverse("home")
    assert client.session[SESSION_KEY] == second.pk
    acting = load_acting(registrar, second.pk)
    assert acting.agency == second
    assert (acting.sends, acting.receives) == (False, True)


@pytest.mark.parametrize("chosen", ["", "abc", "0", "99999999999999999999"])
def test_an_invalid_unit_is_not_found(registrar: User, signed_in: SignIn, chosen: str) -> None:
    assert signed_in(registrar).post(reverse("act_for"), {"agency": chosen}).status_code == 404


def test_a_unit_of_others_is_not_found_and_not_chosen(registrar: User, signed_in: SignIn) -> None:
    client = signed_in(registrar)
    assert client.post(reverse("act_for"), {"agency": AgencyFactory().pk}).status_code == 404
    assert SESSION_KEY not in client.session


def test_a_unit_of_an_ended_membership_is_not_found(signed_in: SignIn) -> None:
    ended = MembershipFactory(active_to=date(2020, 6, 1))
    assert signed_in(ended.user).post(reverse("act_for"), {"agency": ended.agency_id}).status_code == 404


def test_a_unit_of_a_future_membership_is_not_found(signed_in: SignIn) -> None:
    coming = MembershipFactory(active_from=timezone.localdate() + timedelta(days=1))
    assert signed_in(coming.user).post(reverse("act_for"), {"agency": coming.agency_id}).status_code == 404


def test_a_choice_whose_membership_ended_falls_back_to_a_current_unit(registrar: User) -> None:
    acting = load_acting(registrar, AgencyFactory().pk)
    assert acting.agency is not None
    assert acting.agency.name == "Birinci Birim"


def test_a_person_without_a_unit_acts_for_none() -> None:
    acting = load_acting(UserFactory(), None)
    assert acting.agency is None
    assert acting.roles == set()


def test_a_link_never_changes_the_unit(registrar: User, signed_in: SignIn) -> None:
    client = signed_in(registrar)
    unit = registrar.memberships.first()
    assert unit is not None
    assert client.get(reverse("act_for"), {"agency": unit.agency_id}).status_code == 302
    assert SESSION_KEY not in client.session


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    response = client.post(reverse("act_for"), {"agency": 1})
    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]
