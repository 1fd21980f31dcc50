"""Requests of people whose session has ended, and of those who type the address of a form.

What somebody sends without a session is kept in a new one, which expires after an hour, for the person who signed in
last in this browser and did not sign out. After signing in they see it on a page and send it with one button; files are
chosen again. If somebody else signs in, it is deleted. Texts that are marked Gizli may not be stored and aren't kept.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, TypedDict
from urllib.parse import urlsplit

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
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.turkish import uncached_search_key

READS = ("GET", "HEAD")
KEPT = "unsent_form"
"""Key of the session."""

LAST_PERSON = "last_person"
"""Cookie with the id of the user who signed in last in this browser, signed."""

NOBODY = 0
REMEMBERED_FOR = 30 * 24 * 3600
KEPT_FOR = 3600
"""Seconds."""

LARGEST = 200_000
"""Characters of a form; a longer one is not kept."""

SECRETS = ("password", "otp")
"""Parts of the names of fields; a form that has one is not kept."""

CHOICE_OR_ID = re.compile(r"[a-z_]+|\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What a person typed in such a form is kept but not shown."""


class UnsentForm(TypedDict):
    """A form as it was sent: the address, the page it stood on, its values and the names of its files by field."""

    person: int
    at: float
    path: str
    page: str
    values: list[tuple[str, list[str]]]
    files: list[tuple[str, list[str]]]


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
            del request.session[KEPT]
        return answer

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        person = getattr(request, LAST_PERSON, None)
        if person == NOBODY:
            response.delete_cookie(LAST_PERSON, samesite="Lax")
        elif person is not None:
            response.set_signed_cookie(
                LAST_PERSON,
                person,
                max_age=REMEMBERED_FOR,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        if request.method in READS:
            return super().handle_no_permission(request, view_func)
        sign_in = resolve_url(self.get_login_url(view_func))
        if _keep(request):
            messages.warning(
                request,
                _(
                    "Your session has ended, so what you sent was not carried out. It is kept: sign in, and send it"
                    " with one button."
                ),
            )
            return redirect_to_login(resolve_url("unsent_form"), sign_in)
        messages.warning(
            request,
            _("Your session has ended, so what you sent was not carried out. Sign in; then send it again."),
        )
        return redirect_to_login(_page_of_form(request), sign_in)


@receiver(user_logged_in)
def _note_person(*, request: HttpRequest, user: AbstractBaseUser, **_: object) -> None:
    setattr(request, LAST_PERSON, user.pk)
    if KEPT in request.session and not _is_for(request.session[KEPT], user.pk):
        del request.session[KEPT]


@receiver(user_logged_out)
def _forget_person(*, request: HttpRequest, **_: object) -> None:
    setattr(request, LAST_PERSON, NOBODY)


def _is_for(form: UnsentForm, person: int) -> bool:
    return form["person"] == person and form["at"] >= time.time() - KEPT_FOR


def _keep(request: HttpRequest) -> bool:
    """Keep the form in the session. Returns False if it may not be kept or is too large."""
    if not _may_be_kept(request):
        return False
    try:
        person = int(request.get_signed_cookie(LAST_PERSON, max_age=REMEMBERED_FOR) or "")
    except (KeyError, BadSignature, ValueError):
        return False
    form: UnsentForm = {
        "person": person,
        "at": time.time(),
        "path": request.get_full_path(),
        "page": _page_of_form(request),
        "values": [(name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"],
        "files": [
            (name, [file.name for file in files if file.name]) for name, files in request.FILES.lists()
        ],
    }
    if len(json.dumps(form, ensure_ascii=False)) > LARGEST:
        return False
    request.session[KEPT] = form
    request.session.set_expiry(KEPT_FOR)
    return True


def _may_be_kept(request: HttpRequest) -> bool:
    """Whether it is a form of a page, without secrets and without a classified text."""
    if request.path.startswith(resolve_url("account_login").removesuffix("login/")):
        return False
    if "HX-Request" in request.headers or any(
        part in name.lower() for part in SECRETS for name in request.POST
    ):
        return False
    return not any(_is_marked_gizli(value) for _name, values in request.POST.lists() for value in values)


def _is_marked_gizli(text: str) -> bool:
    return "gizli" in uncached_search_key(text).split()


def _is_being_sent(request: HttpRequest) -> bool:
    return KEPT in request.session and request.session[KEPT]["path"] == request.get_full_path()


@require_safe
def unsent_form(request: HttpRequest) -> HttpResponse:
    """What was sent after the session had ended, with a button that sends it."""
    form: UnsentForm | None = request.session.get(KEPT)
    if form is None or request.user.pk is None or not _is_for(form, request.user.pk):
        request.session.pop(KEPT, None)
        messages.info(request, _("There is nothing left to send."))
        return redirect("home")
    hidden = [(name, value) for name, values in form["values"] for value in values]
    typed = list(_typed(hidden))
    context = {
        "form": form,
        "hidden": hidden,
        "typed": typed,
        "has_choices": len(typed) < sum(bool(value.strip()) for _name, value in hidden),
        "files": form["files"],
    }
    return render(request, "unsent_form.html", context)


def _typed(values: list[tuple[str, str]]) -> Iterator[str]:
    """The values that show a person which form it was: no empty ones, ids, ticks and choices."""
    for _name, value in values:
        words = value.strip()
        if len(words) > 1 and not CHOICE_OR_ID.fullmatch(words):
            yield words


def _page_of_form(request: HttpRequest) -> str:
    """Path of the page that the form stood on; the start page if the browser doesn't say."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return resolve_url("home")
    parts = urlsplit(page)
    if parts.path.startswith("//"):  # would be another site as a relative address
        return resolve_url("home")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class NotAllowedMiddleware:
    """A page instead of an empty answer for a person who opens an address that only takes forms."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method in READS and not response.content:
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response
