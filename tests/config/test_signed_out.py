"""A session that ended while a form was open, and the address of a form typed by hand."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.conftest import SignIn
from tests.factories import AgencyFactory, recipient_of

pytestmark = pytest.mark.django_db
HOST = "http://testserver"


def test_a_form_sent_without_a_session_leads_back_to_its_page(client: Client) -> None:
    page = "/inbox/1/?q=a"
    response = client.post(reverse("confirm_several", args=[1]), headers={"Referer": HOST + page})
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
    assert response["Location"].endswith("next=/inbox/1/%3Fq%3Da")
    assert "gönderdiğiniz form işlenmedi" in client.get(response["Location"]).content.decode()


@pytest.mark.parametrize(
    "referer",
    ["", "https://elsewhere.example/inbox/", "javascript:alert(1)", "http://testserver//elsewhere.example/"],
)
def test_without_a_page_of_ours_it_leads_to_the_start_page(client: Client, referer: str) -> None:
    response = client.post(reverse("confirm_several", args=[1]), headers={"Referer": referer})
    assert response["Location"].endswith("next=/")


def test_a_page_asked_for_without_a_session_is_shown_after_the_sign_in(client: Client) -> None:
    assert client.get(reverse("board"))["Location"].endswith(f"next={reverse('board')}")


def test_the_address_of_a_form_is_answered_by_a_page(signed_in: SignIn) -> None:
    response = signed_in(recipient_of(AgencyFactory())).get(reverse("act_for"))
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "Bu adreste bir sayfa yok" in response.content.decode()
