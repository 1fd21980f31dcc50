"""Requests of people whose session or token has ended, and of those who type the address of a form.

What somebody sends without a session is kept in a new one, which expires after an hour, for the person who signed in
last in this browser and did not sign out. After signing in they see it on a page and send it with one button; files are
chosen again. If somebody else signs in, it is deleted. A form with a token of an earlier sign-in is kept the same way,
if the token was given to the same person; `config.unsent_forms.unsent` says what else is kept.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.auth.views import redirect_to_login
from django.core.signing import BadSignature
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.csrf import _unmask_cipher_token  # type: ignore[attr-defined]
from django.shortcuts import redirect, render, resolve_url
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from config.unsent_forms.posted_forms import BY_SCRIPT, posted_form_of
from config.unsent_forms.unsent import (
    KEPT,
    KEPT_FOR,
    REFUSED,
    TOKEN,
    form_of,
    is_for,
    keep,
    kept_at,
    lacks_files,
    may_be_kept,
    page_asking,
    page_of_form,
    typed,
)

READS = ("GET", "HEAD")
LAST_PERSON = "last_person"
"""Cookie with the id of the user who signed in last in this browser and digests of the secrets of this person's
tokens, signed."""

REMEMBERED_FOR = 30 * 24 * 3600
"""Seconds."""

MOST_SIGN_INS = 8
"""Sign-ins of one person whose tokens are known; pages opened before are older."""

TOKEN_FORM = re.compile(r"[A-Za-z0-9]{64}")


class LastPerson(NamedTuple):
    """The user who signed in last in a browser, and digests of the secrets of the tokens on this user's pages."""

    pk: int
    secrets: list[str]


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's, which keeps a form that was sent without a session, and says so.

    Django leads to the form's own address, which most often answers no GET.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: Any,
        view_kwargs: Any,
    ) -> HttpResponseBase | None:
        answer: HttpResponseBase | None = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is None and request.method == "POST" and _is_being_sent(request):
            if lacks_files(request):
                messages.error(
                    request,
                    _("Nothing was sent. Choose the files again, or press “Send without the documents”."),
                )
                return redirect("unsent_form")
            del request.session[KEPT]
        return answer

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if _is_page(response) and _may_show_refused_form(request):
            keep(request, request.user.pk, REFUSED)  # type: ignore[arg-type]
        person: LastPerson | None = getattr(request, LAST_PERSON, None)
        if person is not None and not person.pk:
            response.delete_cookie(LAST_PERSON, samesite="Lax")
        elif person is not None:
            response.set_signed_cookie(
                LAST_PERSON,
                ".".join([str(person.pk), *person.secrets]),
                max_age=REMEMBERED_FOR,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        sign_in = resolve_url(self.get_login_url(view_func))
        if request.method not in READS and _is_by_script(request):
            return redirect_to_login(page_of_form(request), sign_in)
        if request.method in READS and (page := page_asking(request)):
            return redirect_to_login(page, sign_in)
        if request.method in READS:
            return super().handle_no_permission(request, view_func)
        last = _last_person(request)
        if last is not None and keep(request, last.pk):
            return _to_sign_in_with_form(request, sign_in)
        messages.warning(
            request,
            _("Your session has ended, so what you sent was not carried out. Sign in; then send it again."),
        )
        return redirect_to_login(page_of_form(request), sign_in)


def token_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form without a valid token: kept if the token was once given to the same person, else a page.

    The page shows what was typed where nobody is known in this browser (all cookies are gone) and the form is our own.
    """
    if _is_by_script(request):
        return HttpResponse(status=403)
    last = _last_person(request)
    if last is not None and _secret_of_form(request) in last.secrets:
        if request.user.pk == last.pk and keep(request, last.pk):
            messages.warning(
                request, _("You have signed in again since you opened the page. Nothing was carried out.")
            )
            return redirect("unsent_form")
        if request.user.pk is None and keep(request, last.pk):
            return _to_sign_in_with_form(request, resolve_url(settings.LOGIN_URL))
    shows = request.user.pk is None and last is None and _is_from_own_page(request) and may_be_kept(request)
    values = [(name, value) for name, values in request.POST.lists() if name != TOKEN for value in values]
    context = {"typed": list(typed(values)) if shows else []}
    return render(request, "403_csrf.html", context, status=403)


class NotAllowedMiddleware:
    """Leads whoever opens an address that only takes a form to the page on which the form stands.

    If a form that was sent to the address is kept, to its page. For an address that isn't for people, a page says so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or request.method not in READS:
            return response
        found = posted_form_of(request.resolver_match)
        if found and (page := found[0].page_path(found[1], request.user.pk)):
            return redirect("unsent_form" if kept_at(request) else page)
        if response.content:
            return response
        page_of_its_own = render(request, "405.html", status=405)
        page_of_its_own["Allow"] = response["Allow"]
        return page_of_its_own


def here(request: HttpRequest) -> dict[str, Callable[[], str]]:
    """Context processor: `here` is where the language switch comes back to, without losing what was sent."""
    return {"here": lambda: _here(request)}


def _here(request: HttpRequest) -> str:
    found = posted_form_of(request.resolver_match)
    if request.method in READS or found is None:
        return request.get_full_path()
    if _may_show_refused_form(request) and form_of(request, request.user.pk, REFUSED):  # type: ignore[arg-type]
        return resolve_url("unsent_form")
    return found[0].page_path(found[1], request.user.pk) or request.get_full_path()


@receiver(user_logged_in)
def _note_person(*, request: HttpRequest, user: AbstractBaseUser, **_: object) -> None:
    last = _last_person(request)
    secrets = last.secrets if last is not None and last.pk == user.pk else []
    if secret := request.META.get("CSRF_COOKIE"):  # the new one: signing in has changed it
        secrets = [_digest(secret), *secrets][:MOST_SIGN_INS]
    setattr(request, LAST_PERSON, LastPerson(user.pk, secrets))
    if KEPT in request.session and not is_for(request.session[KEPT], user.pk):
        del request.session[KEPT]


@receiver(user_logged_out)
def _forget_person(*, request: HttpRequest, **_: object) -> None:
    setattr(request, LAST_PERSON, LastPerson(0, []))


def _last_person(request: HttpRequest) -> LastPerson | None:
    try:
        kept = request.get_signed_cookie(LAST_PERSON, max_age=REMEMBERED_FOR) or ""
        person, *secrets = kept.split(".")
        return LastPerson(int(person), secrets)
    except (KeyError, BadSignature, ValueError):
        return None


def _secret_of_form(request: HttpRequest) -> str:
    """Digest of the secret of the form's token; "" without a token."""
    token = request.POST.get(TOKEN, "")
    return _digest(_unmask_cipher_token(token)) if TOKEN_FORM.fullmatch(token) else ""


def _digest(secret: str) -> str:
    return salted_hmac("config.unsent_forms.signed_out", secret).hexdigest()[:16]


def _to_sign_in_with_form(request: HttpRequest, sign_in: str) -> HttpResponseRedirect:
    request.session.set_expiry(KEPT_FOR)
    messages.warning(
        request,
        _(
            "Your session has ended, so what you sent was not carried out. It is kept: sign in, and send it"
            " with one button."
        ),
    )
    return redirect_to_login(resolve_url("unsent_form"), sign_in)


def _is_being_sent(request: HttpRequest) -> bool:
    return KEPT in request.session and request.session[KEPT]["path"] == request.get_full_path()


def _may_show_refused_form(request: HttpRequest) -> bool:
    """Whether a page that answers this request shows a form that was refused, or the next step of one.

    Never for a form whose token was refused: it may be forged, or another person's.
    """
    if request.method != "POST" or not getattr(request, "csrf_processing_done", False):
        return False
    if "HX-Request" in request.headers:
        return False
    found = posted_form_of(request.resolver_match)
    return found is not None and found[0].is_kept and request.user.is_authenticated


def _is_by_script(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name in BY_SCRIPT


def _is_page(response: HttpResponseBase) -> bool:
    kind = response.headers.get("Content-Type", "")
    shown = response.status_code < 300 or 400 <= response.status_code < 500
    return shown and not response.streaming and kind.startswith("text/html")


def _is_from_own_page(request: HttpRequest) -> bool:
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
