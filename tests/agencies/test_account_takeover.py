"""An open session is not enough to take over an account: which account pages exist, and where a reset link goes."""

from collections.abc import Iterator

import pytest
from allauth import urls as library
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import URLPattern, URLResolver, resolve
from django.urls.exceptions import Resolver404

from agencies import account_urls
from agencies.models import User
from tests.conftest import SignIn
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

OPEN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
}
RESET = "/accounts/password/reset/"


def pages(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, str]]:
    """Name and address of each page below the prefix."""
    for each in patterns:
        part = str(each.pattern).removeprefix("^").removesuffix("$")
        part = part.replace("(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)", "1-set-password")
        path = prefix + part.replace("(?P<key>[-:\\w]+)", "MQ:abc:def")
        if isinstance(each, URLResolver):
            yield from pages(each.url_patterns, path)
        else:
            yield str(each.name), path


LIBRARY = sorted(set(pages(library.urlpatterns, "/accounts/")))


@pytest.fixture
def person(db: None) -> User:
    return UserFactory(email="sukru@ornek.example")


def test_no_other_account_page_exists() -> None:
    assert {name for name, _ in pages(account_urls.urlpatterns, "")} == OPEN
    assert {name for name, _ in LIBRARY} > OPEN


@pytest.mark.parametrize(("name", "path"), LIBRARY, ids=[name for name, _ in LIBRARY])
def test_each_page_of_the_library_is_listed_or_not_found(
    signed_in: SignIn, person: User, name: str, path: str
) -> None:
    if name in OPEN:
        assert resolve(path).url_name == name
        return
    with pytest.raises(Resolver404):
        resolve(path)
    for visitor in (Client(), signed_in(person)):
        assert visitor.get(path).status_code == 404
        posted = visitor.post(path, {"email": "yabanci@baska.example", "action_add": ""})
        assert posted.status_code == 404
    assert not EmailAddress.objects.exists()


def test_a_reset_link_never_goes_to_an_address_that_nobody_verified(client: Client, person: User) -> None:
    EmailAddress.objects.create(user=person, email="yabanci@baska.example", verified=False)

    client.post(RESET, {"email": "yabanci@baska.example"})

    assert not [each for each in mail.outbox if person.username in str(each.body)]
    assert not [each for each in mail.outbox if "/password/reset/key/" in str(each.body)]


def test_a_reset_link_goes_to_the_address_that_the_administrator_set(client: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(email="Sukru@Ornek.example")

    client.post(RESET, {"email": "sukru@ornek.example"})

    [sent] = mail.outbox
    assert sent.to == ["sukru@ornek.example"]
    assert "/password/reset/key/" in str(sent.body)


def test_an_unknown_address_and_one_without_access_get_no_link(client: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)

    answers = [
        client.post(RESET, {"email": each}).status_code for each in (person.email, "yok@ornek.example")
    ]

    assert answers == [302, 302]
    assert not [each for each in mail.outbox if "/password/reset/key/" in str(each.body)]


def test_without_a_password_an_open_session_leads_to_the_reset_mail(signed_in: SignIn, person: User) -> None:
    person.set_unusable_password()
    person.save()

    response = signed_in(person).get("/accounts/password/change/", follow=True)

    assert response.redirect_chain[-1][0] == RESET
