"""The order of a unit's ways on its contact page: three choices that work without a script."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from agencies.models import Agency
from tests.conftest import SignIn
from tests.factories import AgencyFactory, manager_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Agency:
    return AgencyFactory(email="birim@kurum.example", kep_address="birim@hs01.kep.tr")


@pytest.fixture
def save(signed_in: SignIn, agency: Agency) -> Callable[..., Any]:
    """Send the form of the unit's contact page with these changes; returns the answer."""
    client = signed_in(manager_of(agency))

    def send(**changes: str) -> Any:
        typed = {"email": agency.email, "kep_address": agency.kep_address, **changes}
        return client.post(reverse("agency_contact", args=[agency.pk]), typed)

    return send


def test_the_order_is_kept_as_chosen(save: Callable[..., Any], agency: Agency) -> None:
    save(first_way="kep", second_way="email", third_way="inbox")

    agency.refresh_from_db()
    assert agency.channels == ["kep", "email", "inbox"]


def test_a_gap_in_the_order_is_closed(save: Callable[..., Any], agency: Agency) -> None:
    save(first_way="", second_way="inbox", third_way="email")

    agency.refresh_from_db()
    assert agency.channels == ["inbox", "email"]


def test_nothing_chosen_is_the_usual_order(save: Callable[..., Any], agency: Agency) -> None:
    Agency.objects.update(channels=["inbox"])

    save()

    agency.refresh_from_db()
    assert agency.channels == []


def test_the_order_so_far_is_shown(signed_in: SignIn, agency: Agency) -> None:
    Agency.objects.update(channels=["kep", "inbox"])

    form = signed_in(manager_of(agency)).get(reverse("agency_contact", args=[agency.pk])).context["form"]

    assert [form[name].value() for name in ("first_way", "second_way", "third_way")] == ["kep", "inbox", None]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"first_way": "kep", "second_way": "kep"}, "second_way"),
        ({"first_way": "kep", "kep_address": ""}, "first_way"),
        ({"first_way": "inbox", "second_way": "email", "email": ""}, "second_way"),
        ({"first_way": "hand"}, "first_way"),
        ({"third_way": "güvercin"}, "third_way"),
    ],
)
def test_an_order_that_can_not_be_is_said_beside_its_place(
    save: Callable[..., Any], agency: Agency, typed: dict[str, str], field: str
) -> None:
    response = save(**typed)

    assert response.context["form"].errors.keys() == {field}
    agency.refresh_from_db()
    assert agency.channels == []


def test_the_morning_digest_is_the_unit_s_choice(save: Callable[..., Any], agency: Agency) -> None:
    save(digests_letters="on")

    agency.refresh_from_db()
    assert agency.digests_letters


@pytest.mark.usefixtures("kep_account")
def test_the_unit_s_page_says_how_it_is_told(signed_in: SignIn, agency: Agency) -> None:
    Agency.objects.update(channels=["kep", "email"])

    response = signed_in(manager_of(agency)).get(reverse("agency", args=[agency.pk]))

    assert [address for _way, address in response.context["ways"]] == [agency.kep_address, agency.email]
