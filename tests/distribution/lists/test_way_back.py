"""After an act on a letter's page, the way back to the manager's list is still there."""

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency
from circulars.models import Circular
from distribution.models import Delivery
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, sender_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer() -> Agency:
    agency: Agency = AgencyFactory()
    return agency


@pytest.fixture
def letter(issuer: Agency) -> Circular:
    return dispatched_to(AgencyFactory(), issuer=issuer)


@pytest.fixture
def sender(issuer: Agency, signed_in: SignIn) -> Client:
    return signed_in(sender_of(issuer))


def address_after_an_act(client: Client, letter: Circular, referer: str) -> str:
    response = client.post(reverse("send_now", args=[letter.public_id]), headers={"referer": referer})
    assert response.status_code == 302
    return response.headers["Location"]


def test_it_is_kept_after_an_act(sender: Client, letter: Circular) -> None:
    row = f"#row-{Delivery.objects.get().public_id}"
    page = reverse("letter", args=[letter.public_id])
    query = "?list=outstanding%3Fowes%3Dall%26page%3D2" + row.replace("#", "%23")

    assert address_after_an_act(sender, letter, f"http://testserver{page}{query}") == page + query


@pytest.mark.parametrize(
    "referer",
    ["", "http://[", "https://elsewhere.example/?list=//elsewhere.example", "?list=no-list%3Fx", "?list="],
)
def test_without_one_the_page_opens_as_ever(sender: Client, letter: Circular, referer: str) -> None:
    assert address_after_an_act(sender, letter, referer) == reverse("letter", args=[letter.public_id])
