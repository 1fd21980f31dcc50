"""The sign-in library's pages and mails use the product's Turkish: "parola", and no Title Case."""

import re
from html import unescape

import allauth
import polib
import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from agencies.models import User
from config.library_texts import SIGN_IN_TEXTS
from tests.conftest import SignIn
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

WITHOUT_SIGN_IN = (
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
)
SIGNED_IN = (
    "account_logout",
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_reauthenticate",
)
WITH_TWO_STEPS = (
    "mfa_index",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_deactivate_totp",
)
NAMES = ("Dağıtım Takip", "Şükrü IĞDIRLI")
TWO_CAPITALS = re.compile(r"\b[A-ZÇĞİÖŞÜ][a-zçğıöşü]+ [A-ZÇĞİÖŞÜ][a-zçğıöşü]+")


def departing(html: str) -> list[str]:
    """Visible text with "şifre", Title Case, or the familiar form of address."""
    visible = re.sub(r"(?s)<(script|style|svg|title)\b.*?</\1>|<[^>]+>", "\n", html)
    titles = "\n".join(re.findall(r'(?:placeholder|title|aria-label|value)="([^"]*)"', html))
    text = unescape(f"{visible}\n{titles}")
    for name in NAMES:
        text = text.replace(name, "")
    return [
        *re.findall(r"\w*[Şş]ifre\w*", text),
        *TWO_CAPITALS.findall(text),
        *re.findall(r"\b(?:deneyin|girin|seçin|tıklayın|emin misin)\b", text),
    ]


@pytest.fixture
def person() -> User:
    return UserFactory(first_name="Şükrü", last_name="IĞDIRLI", email="igdirli@example.gov.tr")


def read(client: Client, name: str) -> str:
    return client.get(reverse(name), follow=True, headers={"Accept-Language": "tr"}).content.decode()


@pytest.mark.parametrize("name", WITHOUT_SIGN_IN)
def test_a_page_before_the_sign_in_uses_the_products_turkish(client: Client, name: str) -> None:
    assert departing(read(client, name)) == []


@pytest.mark.parametrize("name", SIGNED_IN)
def test_a_page_of_the_account_uses_the_products_turkish(signed_in: SignIn, person: User, name: str) -> None:
    assert departing(read(signed_in(person), name)) == []


def confirm_access(client: Client) -> None:
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


@pytest.mark.parametrize("name", WITH_TWO_STEPS)
def test_a_page_of_the_two_step_sign_in_uses_the_products_turkish(
    signed_in: SignIn, person: User, name: str
) -> None:
    client = signed_in(person)
    confirm_access(client)
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    assert departing(read(client, name)) == []


def test_a_person_with_two_steps_is_asked_for_the_code_in_the_products_turkish(
    client: Client, person: User
) -> None:
    TOTP.activate(person, generate_totp_secret())
    client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    page = read(client, "mfa_authenticate")
    assert 'name="code"' in page
    assert departing(page) == []


def test_a_refused_sign_in_says_parola(client: Client, person: User) -> None:
    response = client.post(
        reverse("account_login"),
        {"login": person.username, "password": "yanlış"},
        headers={"Accept-Language": "tr"},
    )
    page = response.content.decode()
    assert "Kullanıcı adı veya parola yanlış." in page
    assert departing(page) == []


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [("yanlış", "kisa", "kisa"), (PASSWORD, "uzun-bir-parola-7", "uzun-bir-parola-8")],
)
def test_a_refused_new_password_says_parola(
    signed_in: SignIn, person: User, old: str, new: str, again: str
) -> None:
    response = signed_in(person).post(
        reverse("account_change_password"),
        {"oldpassword": old, "password1": new, "password2": again},
        headers={"Accept-Language": "tr"},
    )
    page = response.content.decode()
    assert "invalid" in page or "alert" in page
    assert departing(page) == []


def test_the_mail_that_resets_a_password_uses_the_products_turkish(client: Client, person: User) -> None:
    client.post(reverse("account_reset_password"), {"email": person.email}, headers={"Accept-Language": "tr"})
    (message,) = mail.outbox
    assert departing(f"{message.subject}\n{message.body}") == []
    (address,) = re.findall(r"https?://\S+/reset/key/\S+", str(message.body))
    page = client.get(address, follow=True, headers={"Accept-Language": "tr"}).content.decode()
    assert 'name="password1"' in page
    assert departing(page) == []


def test_each_text_of_the_list_is_one_of_the_library() -> None:
    folder = polib.pofile(f"{allauth.__path__[0]}/locale/tr/LC_MESSAGES/django.po")
    known = {entry.msgid for entry in folder} | {entry.msgid_plural for entry in folder}
    with override("en"):
        assert [str(text) for text in SIGN_IN_TEXTS if isinstance(text, str) and text not in known] == []
