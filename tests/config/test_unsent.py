"""What was sent and not carried out is kept, named, and shown to nobody else."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from config.unsent_forms import form_subjects
from config.unsent_forms.unsent import typed
from distribution.models import Delivery
from distribution.services.follow_up.withdraw import withdraw
from tests.config.test_signed_out import hidden_fields, lose_session
from tests.conftest import SignIn
from tests.factories import PASSWORD, AgencyFactory, dispatched_to, manager_of, recipient_of, sender_of

pytestmark = pytest.mark.django_db
ORIGIN = {"Origin": "http://testserver"}
TOO_LONG = {"register_number": "2026/9 " * 20}


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Ardahan Valiliği")


@pytest.fixture
def letter(unit: Agency) -> Delivery:
    return dispatched_to(unit, number="2026/123", subject="Kar Mücadelesi").deliveries.get()


@pytest.fixture
def visitor() -> Client:
    """A browser of which the product asks tokens."""
    return Client(enforce_csrf_checks=True)


def url_of(letter: Delivery, name: str = "acknowledge") -> str:
    return reverse(name, args=[letter.public_id])


def token_on(page: HttpResponse) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert found is not None
    return unescape(found.group(1))


def sign_in(client: Client, user: User) -> None:
    token = token_on(client.get(reverse("account_login")))
    client.post(
        reverse("account_login"),
        {"login": user.username, "password": PASSWORD, "csrfmiddlewaretoken": token},
        headers=ORIGIN,
    )
    assert "sessionid" in client.cookies


def send(client: Client, letter: Delivery, token: str, number: str = "2026/77 B") -> HttpResponse:
    typed = {"register_number": number, "csrfmiddlewaretoken": token}
    return client.post(url_of(letter), typed, headers=ORIGIN)


def test_the_page_names_the_action_the_letter_and_the_unit(client: Client, letter: Delivery) -> None:
    user = recipient_of(letter.agency)
    client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
    lose_session(client)
    client.post(url_of(letter), {"register_number": "2026 77"})
    client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})

    page = client.get(reverse("unsent_form")).content.decode()

    assert "Teyit: 2026/123 sayılı yazı (Kar Mücadelesi) · Ardahan Valiliği</h2>" in page


def test_hidden_fields_are_not_shown_as_typed() -> None:
    values = [
        ("version_read", "5a2b49a0ddb17e18"),
        ("choice", "below:information,3106:action"),
        ("note", "Bilginize sunulur"),
    ]
    assert list(typed(values)) == ["Bilginize sunulur"]


def test_letters_beyond_those_named_are_counted(monkeypatch: pytest.MonkeyPatch, letter: Delivery) -> None:
    monkeypatch.setattr(form_subjects, "MOST_NAMED", 1)
    more = [dispatched_to(letter.agency).deliveries.get() for _ in range(2)]
    posted = {"delivery": [str(each.public_id) for each in [letter, *more]]}

    named = form_subjects.deliveries(recipient_of(letter.agency), {}, posted)
    followed = form_subjects.followed(manager_of(letter.circular.issuer), {}, posted)

    assert named[1:] == ["ve 2 yazı daha"]
    assert len(followed) == 1, "the others are of another sender"


def test_a_letter_that_the_person_may_not_see_is_not_named(client: Client, letter: Delivery) -> None:
    stranger = recipient_of(AgencyFactory())
    client.post(reverse("account_login"), {"login": stranger.username, "password": PASSWORD})
    lose_session(client)
    client.post(url_of(letter), {"register_number": "2026 77"})
    client.post(reverse("account_login"), {"login": stranger.username, "password": PASSWORD})

    page = client.get(reverse("unsent_form")).content.decode()

    assert ">Teyit</h2>" in page
    assert "2026 77" in page
    assert "2026/123" not in page
    assert "Ardahan" not in page


def test_a_refused_form_is_kept_for_the_language_switch(signed_in: SignIn, letter: Delivery) -> None:
    client = signed_in(recipient_of(letter.agency))

    refused = client.post(url_of(letter), TOO_LONG).content.decode()

    assert f'name="next" value="{reverse("unsent_form")}"' in refused
    switched = client.post(
        reverse("set_language"), {"language": "en", "next": reverse("unsent_form")}, follow=True
    )
    assert "Confirmation of a letter: letter 2026/123" in switched.content.decode()
    assert hidden_fields(switched.content.decode())["register_number"] == [TOO_LONG["register_number"]]


def test_the_address_of_a_refused_form_leads_to_what_was_typed(signed_in: SignIn, letter: Delivery) -> None:
    client = signed_in(recipient_of(letter.agency))
    client.post(url_of(letter), TOO_LONG)

    assert client.get(url_of(letter))["Location"] == reverse("unsent_form")
    page = client.get(reverse("unsent_form")).content.decode()
    assert f'href="{url_of(letter, "delivery")}"' in page

    client.post(url_of(letter), {"register_number": "2026/9"})
    assert client.get(url_of(letter))["Location"] == url_of(letter, "delivery")
    assert "unsent_form" not in client.session


def test_a_form_that_was_carried_out_is_not_kept(signed_in: SignIn, letter: Delivery) -> None:
    client = signed_in(recipient_of(letter.agency))
    client.post(url_of(letter), {"register_number": "2026/9"})
    assert "unsent_form" not in client.session


def test_a_form_for_what_is_gone_meanwhile_is_kept_and_names_nothing(
    signed_in: SignIn, letter: Delivery
) -> None:
    client = signed_in(sender_of(letter.circular.issuer))
    address = reverse("remove_recipient", args=[letter.circular.public_id, letter.public_id])
    withdraw(circular=letter.circular, reason="Yanlış", by=letter.circular.recorded_by, at=timezone.now())

    assert client.post(address, {"reason": "Yanlış birim seçilmiş"}).status_code == 404

    assert "Yanlış birim seçilmiş" in client.get(reverse("unsent_form")).content.decode()


def test_a_token_of_an_earlier_sign_in_of_the_same_person_loses_nothing(
    visitor: Client, letter: Delivery
) -> None:
    user = recipient_of(letter.agency)
    sign_in(visitor, user)
    token = token_on(visitor.get(url_of(letter, "delivery")))
    lose_session(visitor)
    sign_in(visitor, user)  # in another tab

    response = send(visitor, letter, token)

    assert response["Location"] == reverse("unsent_form")
    page = visitor.get(reverse("unsent_form"))
    assert "2026/77 B" in page.content.decode()
    assert send(visitor, letter, token_on(page))["Location"] == url_of(letter, "delivery")
    letter.refresh_from_db()
    assert letter.register_number == "2026/77 B"


def test_the_same_without_a_session_is_kept_until_the_sign_in(visitor: Client, letter: Delivery) -> None:
    user = recipient_of(letter.agency)
    sign_in(visitor, user)
    token = token_on(visitor.get(url_of(letter, "delivery")))
    for _time in range(2):
        lose_session(visitor)
        sign_in(visitor, user)
    lose_session(visitor)

    assert send(visitor, letter, token)["Location"].endswith(f"next={reverse('unsent_form')}")

    sign_in(visitor, user)
    assert "2026/77 B" in visitor.get(reverse("unsent_form")).content.decode()


def test_a_lost_token_cookie_loses_nothing(visitor: Client, letter: Delivery) -> None:
    sign_in(visitor, recipient_of(letter.agency))
    token = token_on(visitor.get(url_of(letter, "delivery")))
    del visitor.cookies["csrftoken"]

    assert send(visitor, letter, token)["Location"] == reverse("unsent_form")


def test_another_person_who_signed_in_meanwhile_sees_nothing_of_it(visitor: Client, letter: Delivery) -> None:
    sign_in(visitor, recipient_of(letter.agency))
    token = token_on(visitor.get(url_of(letter, "delivery")))
    lose_session(visitor)
    sign_in(visitor, recipient_of(letter.agency))

    response = send(visitor, letter, token)

    assert response.status_code == 403
    assert "2026/77" not in response.content.decode()
    assert "unsent_form" not in visitor.session
    assert visitor.get(reverse("unsent_form"))["Location"] == reverse("home")


@pytest.mark.parametrize(
    ("headers", "is_shown"),
    [(ORIGIN, True), ({"Origin": "http://elsewhere.example"}, False), ({}, False)],
)
def test_without_any_cookie_what_was_typed_is_shown_to_be_copied(
    visitor: Client, letter: Delivery, headers: dict[str, str], is_shown: bool
) -> None:
    response = visitor.post(
        url_of(letter), {"register_number": "2026/77 B", "csrfmiddlewaretoken": "x" * 64}, headers=headers
    )

    assert response.status_code == 403
    assert ("2026/77 B" in response.content.decode()) == is_shown
    assert "sessionid" not in visitor.cookies


def test_a_forged_form_of_a_signed_in_person_is_not_kept(visitor: Client, letter: Delivery) -> None:
    sign_in(visitor, recipient_of(letter.agency))

    for token in ("", "x" * 64):
        assert send(visitor, letter, token).status_code == 403
    assert "unsent_form" not in visitor.session


@pytest.mark.parametrize(
    ("name", "posted", "words"),
    [
        ("acknowledge_several", lambda each: {"delivery": str(each.public_id)}, "Birden çok yazının teyidi"),
        ("answer", lambda each: {"disposition": "done"}, "Cevap"),
        ("ask_extension", lambda each: {"reason": "Ölçüm sürüyor"}, "Ek süre talebi"),
    ],
)
def test_forms_of_received_letters_name_the_letter(
    signed_in: SignIn,
    letter: Delivery,
    name: str,
    posted: Callable[[Delivery], dict[str, str]],
    words: str,
) -> None:
    client = signed_in(recipient_of(letter.agency))
    several = name == "acknowledge_several"
    address = reverse(name, args=[letter.agency_id if several else letter.public_id])
    session = client.session
    session["unsent_form"] = {
        "person": int(session["_auth_user_id"]),
        "at": (timezone.now() - timedelta(minutes=1)).timestamp(),
        "path": address,
        "page": "/",
        "values": [(field, [value]) for field, value in posted(letter).items()],
        "files": [],
    }
    session.save()

    page = client.get(reverse("unsent_form")).content.decode()

    assert f"{words}: 2026/123 sayılı yazı" in page
