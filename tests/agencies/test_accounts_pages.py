"""Sign-in, account pages, and error pages."""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.csrf import csrf_failure
from django.views.defaults import permission_denied, server_error

from agencies.models import User
from tests.conftest import SignIn
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def shown(html: str) -> str:
    """The page, after checking that it has one heading and complies with the content security policy."""
    assert len(re.findall(r"<h1\b", html)) == 1
    assert not re.search(r"<style\b|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", html)
    return html


def sign_in_with_password(client: Client, user: User) -> None:
    client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})


def confirm_access(client: Client) -> None:
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


@pytest.mark.parametrize("language", ["tr", "en"])
def test_the_first_page_says_what_this_is_and_offers_no_sign_up(client: Client, language: str) -> None:
    response = client.get(reverse("account_login"), headers={"Accept-Language": language})
    page = shown(response.content.decode())
    assert "Dağıtım Takip" in page
    assert "entrance-lead" in page
    assert reverse("account_signup") not in page
    assert 'autocomplete="current-password"' in page


def test_a_person_signs_in_and_goes_on_to_the_page_wanted(client: Client) -> None:
    user = UserFactory()
    url = reverse("account_login") + "?next=/directory/"
    form = {"login": user.username, "password": PASSWORD, "next": "/directory/"}
    assert client.post(url, form)["Location"] == "/directory/"


def test_a_wrong_password_is_reported_on_the_page(client: Client) -> None:
    response = client.post(reverse("account_login"), {"login": UserFactory().username, "password": "yanlış"})
    assert response.status_code == 200
    assert "alert" in shown(response.content.decode())


def test_nobody_signs_up(client: Client) -> None:
    response = client.get(reverse("account_signup"))
    assert reverse("account_login") in shown(response.content.decode())
    data = {"username": "davetsiz", "password1": "uzun-bir-parola-7"}
    client.post(reverse("account_signup"), data)
    assert not User.objects.filter(username="davetsiz").exists()


def test_the_accounts_own_pages_are_in_the_products_look(client: Client) -> None:
    user = UserFactory()
    sign_in_with_password(client, user)
    confirm_access(client)
    for name in ("account_logout", "account_change_password", "mfa_index", "mfa_activate_totp"):
        page = shown(client.get(reverse(name)).content.decode())
        assert "app-header" in page
    assert "data:image/svg+xml" in page


def test_a_person_with_two_steps_is_asked_for_the_code_and_keeps_recovery_codes(client: Client) -> None:
    user = UserFactory()
    TOTP.activate(user, generate_totp_secret())
    codes = RecoveryCodes.activate(user)
    sign_in_with_password(client, user)
    page = shown(client.get(reverse("mfa_authenticate")).content.decode())
    assert 'name="code"' in page
    client.post(reverse("mfa_authenticate"), {"code": codes.get_unused_codes()[0]})
    confirm_access(client)
    left = shown(client.get(reverse("mfa_view_recovery_codes")).content.decode())
    assert codes.get_unused_codes()[1] in left
    shown(client.get(reverse("mfa_generate_recovery_codes")).content.decode())
    shown(client.get(reverse("mfa_deactivate_totp")).content.decode())


def test_access_is_confirmed_again_before_two_steps_are_changed(signed_in: SignIn) -> None:
    response = signed_in(UserFactory()).get(reverse("mfa_activate_totp"), follow=True)
    assert 'type="password"' in shown(response.content.decode())


def test_an_unknown_address_shows_the_products_404_page(signed_in: SignIn, client: Client) -> None:
    for visitor in (signed_in(UserFactory()), Client()):
        response = visitor.get("/yok-boyle-bir-sayfa/")
        assert response.status_code == 404
        assert "app-header" in shown(response.content.decode())


def test_error_pages_work_without_any_service(rf: RequestFactory) -> None:
    request = rf.get("/")
    for response in (server_error(request), csrf_failure(request)):
        assert 'href="/"' in shown(response.content.decode())


def test_a_forbidden_request_shows_a_403_page(rf: RequestFactory, signed_in: SignIn) -> None:
    request = signed_in(UserFactory()).get("/directory/").wsgi_request
    page = shown(permission_denied(request, Exception()).content.decode())
    assert "app-header" in page


def test_a_form_from_before_the_sign_in_is_refused_with_advice() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("account_login"), {"login": "x", "password": "y"})
    assert response.status_code == 403
    shown(response.content.decode())
