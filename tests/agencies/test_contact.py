"""The order of a unit's channels on its contact page: three choices that work without a script."""

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
    save(channel_1="kep", channel_2="email", channel_3="inbox")

    agency.refresh_from_db()
    assert agency.channels == ["kep", "email", "inbox"]


def test_a_gap_in_the_order_is_closed(save: Callable[..., Any], agency: Agency) -> None:
    save(channel_1="", channel_2="inbox", channel_3="email")

    agency.refresh_from_db()
    assert agency.channels == ["inbox", "email"]


def test_nothing_chosen_is_the_default_order(save: Callable[..., Any], agency: Agency) -> None:
    Agency.objects.update(channels=["inbox"])

    save()

    agency.refresh_from_db()
    assert agency.channels == []


def test_the_current_order_is_shown(signed_in: SignIn, agency: Agency) -> None:
    Agency.objects.update(channels=["kep", "inbox"])

    form = signed_in(manager_of(agency)).get(reverse("agency_contact", args=[agency.pk])).context["form"]

    assert [form[name].value() for name in ("channel_1", "channel_2", "channel_3")] == ["kep", "inbox", None]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"channel_1": "kep", "channel_2": "kep"}, "channel_2"),
        ({"channel_1": "kep", "kep_address": ""}, "channel_1"),
        ({"channel_1": "inbox", "channel_2": "email", "email": ""}, "channel_2"),
        ({"channel_1": "hand"}, "channel_1"),
        ({"channel_3": "güvercin"}, "channel_3"),
    ],
)
def test_an_invalid_order_is_reported_at_its_position(
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
