"""A failing mail server turns no account page into an error, and the page says that no mail can leave."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.factories import UserFactory
from tests.smtp import Postbox, free_port

pytestmark = pytest.mark.django_db

SAID = "Şu anda e-posta gönderilemiyor."


@pytest.fixture(params=["away", "greeting", "MAIL", "password"])
def failing(request: pytest.FixtureRequest, postbox: Postbox, settings: Settings) -> None:
    """A mail server that takes nothing, for one of these reasons."""
    postbox.fails_at = request.param
    if request.param == "away":
        settings.EMAIL_PORT = free_port()
    if request.param == "password":
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "biz", "yanlış"


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize("is_known", [True, False])
def test_a_reset_says_that_no_mail_can_leave_whoever_asks(client: Client, is_known: bool) -> None:
    address = UserFactory().email if is_known else "kimse@ornek.example"

    response = client.post(reverse("account_reset_password"), {"email": address})

    assert response.status_code == 200
    assert SAID in response.content.decode()
    assert address in response.content.decode()


@pytest.mark.parametrize("is_known", [True, False])
def test_a_refused_recipient_looks_like_an_unknown_one(
    client: Client, postbox: Postbox, is_known: bool
) -> None:
    postbox.answer = "550 5.7.1 Relay access denied"
    address = UserFactory().email if is_known else "kimse@ornek.example"

    response = client.post(reverse("account_reset_password"), {"email": address})

    assert (response.status_code, response["Location"]) == (302, reverse("account_reset_password_done"))


def test_a_reset_arrives_when_the_server_is_well(client: Client, postbox: Postbox) -> None:
    user = UserFactory()

    client.post(reverse("account_reset_password"), {"email": user.email})

    assert "/accounts/password/reset/key/" in postbox.to(user.email).get_content()
