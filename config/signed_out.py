"""Requests of people whose session has ended, and of those who type the address of a form."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

READS = ("GET", "HEAD")


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's, which leads back to the page of a form that was sent without a session, and says so.

    Django leads to the form's own address, which most often answers no GET.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        if request.method in READS:
            return super().handle_no_permission(request, view_func)
        messages.warning(
            request,
            _(
                "Your session has ended, so what you sent was not carried out. Sign in; then send it again."
                " With “Back” your browser shows what you had typed."
            ),
        )
        return redirect_to_login(_page_of_form(request), resolve_url(self.get_login_url(view_func)))


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
