"""A session that ended while a form was open, and the address of a form typed by hand."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import User
from distribution.models import Delivery
from tests.conftest import SignIn
from tests.factories import PASSWORD, AgencyFactory, dispatched_to, recipient_of

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
    assert client.get(reverse("outstanding"))["Location"].endswith(f"next={reverse('outstanding')}")


def test_a_page_that_asks_for_a_part_of_itself_is_shown_whole_after_the_sign_in(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"{HOST}/letters/?q=a"}
    response = client.get(reverse("sending_state"), headers=headers)
    assert response["Location"].endswith("next=/letters/%3Fq%3Da")


def test_the_address_of_a_form_leads_to_the_page_on_which_it_stands(signed_in: SignIn) -> None:
    unit = AgencyFactory()
    response = signed_in(recipient_of(unit)).get(reverse("acknowledge_several", args=[unit.pk]))
    assert (response.status_code, response["Location"]) == (302, reverse("unit_inbox", args=[unit.pk]))


def test_an_address_that_is_not_for_people_is_answered_by_a_page(client: Client) -> None:
    response = client.get(reverse("post_bounce"))
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "Bu adreste bir sayfa yok" in response.content.decode()


@pytest.fixture
def letter() -> Delivery:
    dispatched_to(AgencyFactory())
    return Delivery.objects.get()


def sign_in(client: Client, user: User) -> HttpResponse:
    return client.post(
        reverse("account_login"),
        {"login": user.username, "password": PASSWORD, "next": reverse("unsent_form")},
    )


def lose_session(client: Client) -> None:
    del client.cookies["sessionid"]


def hidden_fields(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    form = page[page.index('<form class="card"') :]
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form):
        found.setdefault(unescape(name), []).append(unescape(value))
    return found


def test_a_form_sent_without_a_session_is_sent_with_one_button_after_signing_in(
    client: Client, letter: Delivery
) -> None:
    user = recipient_of(letter.agency)
    sign_in(client, user)
    lose_session(client)

    typed = {"register_number": "2026/1 İçişleri"}
    response = client.post(reverse("acknowledge", args=[letter.public_id]), typed)
    assert response["Location"].endswith(f"next={reverse('unsent_form')}")
    assert "2026" not in response["Location"]
    assert "Yazdıklarınız saklandı" in client.get(response["Location"]).content.decode()

    assert sign_in(client, user)["Location"] == reverse("unsent_form")
    page = client.get(reverse("unsent_form")).content.decode()
    assert "2026/1 İçişleri" in page
    assert f'action="{reverse("acknowledge", args=[letter.public_id])}"' in page
    letter.refresh_from_db()
    assert letter.acknowledged_at is None

    client.post(reverse("acknowledge", args=[letter.public_id]), hidden_fields(page))
    letter.refresh_from_db()
    assert (letter.register_number, letter.acknowledged_by) == ("2026/1 İçişleri", user)
    assert client.get(reverse("unsent_form"))["Location"] == reverse("home")


def test_several_values_of_a_field_and_line_ends_are_kept(client: Client, letter: Delivery) -> None:
    user = recipient_of(letter.agency)
    sign_in(client, user)
    lose_session(client)
    client.post("/inbox/1/confirm/", {"delivery": ["a b", "c d"], "note": "bir\r\niki"})
    sign_in(client, user)

    kept = hidden_fields(client.get(reverse("unsent_form")).content.decode())

    kept.pop("csrfmiddlewaretoken", None)
    assert kept == {"delivery": ["a b", "c d"], "note": ["bir\r\niki"]}


def test_files_are_named_and_chosen_again(client: Client, letter: Delivery) -> None:
    user = recipient_of(letter.agency)
    sign_in(client, user)
    lose_session(client)
    files = [SimpleUploadedFile("cevap yazısı.pdf", b"x"), SimpleUploadedFile("ek.pdf", b"x")]
    client.post(reverse("acknowledge", args=[letter.public_id]), {"note": "bir iki", "documents": files})
    sign_in(client, user)

    page = client.get(reverse("unsent_form")).content.decode()

    assert "Yeniden seçiniz: cevap yazısı.pdf, ek.pdf" in page
    assert 'enctype="multipart/form-data"' in page
    assert re.search(r'<input [^>]*type="file"[^>]*name="documents"[^>]*\smultiple>', page)


@pytest.mark.parametrize(
    ("name", "field", "is_required"), [("answer", "documents", False), ("add_documents", "documents", True)]
)
def test_a_file_is_demanded_again_and_a_button_sends_without_it_where_the_form_needs_none(
    client: Client, letter: Delivery, name: str, field: str, is_required: bool
) -> None:
    user = recipient_of(letter.agency)
    sign_in(client, user)
    lose_session(client)
    client.post(reverse(name, args=[letter.public_id]), {field: SimpleUploadedFile("cevap.pdf", b"x")})
    sign_in(client, user)

    page = client.get(reverse("unsent_form")).content.decode()

    assert "Yeniden seçiniz: cevap.pdf" in page
    assert re.search(rf'name="{field}"\s+required', page)
    assert ('value="Belgesiz gönder"' in page) != is_required


def test_an_answer_is_not_recorded_without_its_documents_unless_the_person_says_so(
    client: Client, letter: Delivery
) -> None:
    user = recipient_of(letter.agency)
    sign_in(client, user)
    lose_session(client)
    address = reverse("answer", args=[letter.public_id])
    client.post(address, {"disposition": "done", "documents": SimpleUploadedFile("cevap.pdf", b"x")})
    sign_in(client, user)
    sent = hidden_fields(client.get(reverse("unsent_form")).content.decode())

    refused = client.post(address, sent, follow=True)

    letter.refresh_from_db()
    assert letter.disposition == ""
    assert refused.redirect_chain[-1][0] == reverse("unsent_form")
    assert "Belgesiz gönder” düğmesine basınız" in refused.content.decode()
    assert "Yeniden seçiniz: cevap.pdf" in refused.content.decode()
    client.post(address, sent | {"without_files": "1"})
    letter.refresh_from_db()
    assert letter.disposition == "done"


def test_nobody_else_sees_what_was_typed(client: Client, letter: Delivery) -> None:
    sign_in(client, recipient_of(letter.agency))
    lose_session(client)
    client.post(reverse("acknowledge", args=[letter.public_id]), {"register_number": "gizli not"})

    sign_in(client, recipient_of(letter.agency))

    assert "unsent_form" not in client.session
    assert client.get(reverse("unsent_form"))["Location"] == reverse("home")


def test_a_single_word_is_shown_and_no_choice(client: Client, letter: Delivery) -> None:
    user = recipient_of(letter.agency)
    sign_in(client, user)
    lose_session(client)
    client.post(
        reverse("acknowledge", args=[letter.public_id]), {"note": "Uygundur", "ground": "not_competent"}
    )
    sign_in(client, user)

    page = client.get(reverse("unsent_form")).content.decode()

    assert ">Uygundur</li>" in page
    assert ">not_competent</li>" not in page


def test_it_is_kept_for_an_hour(client: Client, letter: Delivery) -> None:
    user = recipient_of(letter.agency)
    sign_in(client, user)
    lose_session(client)
    client.post(reverse("acknowledge", args=[letter.public_id]), {"register_number": "2026 1"})
    sign_in(client, user)

    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert client.get(reverse("unsent_form"))["Location"] == reverse("home")


@pytest.mark.parametrize("cookie", [None, "7:forged", ""])
def test_nothing_is_kept_where_nobody_has_signed_in(
    client: Client, letter: Delivery, cookie: str | None
) -> None:
    if cookie is not None:
        client.cookies["last_person"] = cookie

    response = client.post(reverse("acknowledge", args=[letter.public_id]), {"register_number": "2026 1"})

    assert response["Location"].endswith("next=/")
    assert "sessionid" not in client.cookies or "unsent_form" not in client.session


def test_a_form_that_is_too_large_is_not_kept_and_that_is_said(client: Client, letter: Delivery) -> None:
    sign_in(client, recipient_of(letter.agency))
    lose_session(client)

    response = client.post(reverse("acknowledge", args=[letter.public_id]), {"note": "x" * 300_000})

    assert "yeniden gönderiniz" in client.get(response["Location"]).content.decode()


def test_a_forged_form_is_not_kept(letter: Delivery) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("acknowledge", args=[letter.public_id]), {"register_number": "2026 1"})
    assert response.status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"note": "a b", "password": "x y"},
        {"text": "T.C.\nÖRNEK BAKANLIĞI\nÇOK GİZLİ\nSayı : 1"},
        {"text": "Gizli yazı"},
        {"text": "gi\u0307zli\u0307 yazı"},
        {"note": "a b", "newPassword": "x y"},
    ],
)
def test_what_may_not_be_stored_is_not_kept(client: Client, letter: Delivery, fields: dict[str, str]) -> None:
    sign_in(client, recipient_of(letter.agency))
    lose_session(client)

    response = client.post(reverse("acknowledge", args=[letter.public_id]), fields)

    assert response["Location"].endswith("next=/")
    assert "unsent_form" not in client.session


def test_a_form_that_htmx_sends_is_kept_as_well(client: Client, letter: Delivery) -> None:
    sign_in(client, recipient_of(letter.agency))
    lose_session(client)

    response = client.post(reverse("new_plan"), {"name": "Kış planı"}, headers={"HX-Request": "true"})

    assert response["Location"].endswith(f"next={reverse('unsent_form')}")
    assert client.session["unsent_form"]["values"] == [["name", ["Kış planı"]]]


def test_nothing_is_kept_after_signing_out(client: Client, letter: Delivery) -> None:
    sign_in(client, recipient_of(letter.agency))
    client.post(reverse("account_logout"))

    client.post(reverse("acknowledge", args=[letter.public_id]), {"register_number": "2026 1"})

    assert "unsent_form" not in client.session


def test_the_session_that_keeps_it_expires_with_it_and_the_one_after_signing_in_does_not(
    client: Client, letter: Delivery
) -> None:
    user = recipient_of(letter.agency)
    sign_in(client, user)
    lose_session(client)
    client.post(reverse("acknowledge", args=[letter.public_id]), {"register_number": "2026 1"})
    kept = Session.objects.get(pk=client.cookies["sessionid"].value)
    assert kept.expire_date <= timezone.now() + timedelta(hours=1)

    sign_in(client, user)

    session = Session.objects.get(pk=client.cookies["sessionid"].value)
    assert session.expire_date > timezone.now() + timedelta(hours=2)
    assert client.session.get_expire_at_browser_close()
