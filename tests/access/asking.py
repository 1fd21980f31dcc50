"""Requests of the parties, without what the test client records of each page: there are thousands."""

from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.test.client import ClientHandler

from agencies.models import User
from config.access.rules import Outcome
from tests.conftest import AUTHENTICATION


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Stands for the page of what is not found, which has a test of its own: it takes longer than all else."""
    return HttpResponseNotFound()


class Asker(RequestFactory):
    """Sends each request with the same cookies, whatever was answered before."""

    def __init__(self, person: User | None) -> None:
        super().__init__()
        self.handler = ClientHandler(enforce_csrf_checks=False)
        if person is not None:
            client = Client()
            client.force_login(person, backend=AUTHENTICATION)
            self.cookies: SimpleCookie = SimpleCookie(
                {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
            )

    def request(self, **request: Any) -> HttpResponseBase:  # type: ignore[override]
        """The response, with the content of a file read."""
        response: HttpResponseBase = self.handler(self._base_environ(**request))
        return response


def content_of(response: HttpResponseBase) -> bytes:
    """What was answered: the address that it leads to, and the page or file."""
    location = response.headers.get("Location", "").encode()
    if isinstance(response, HttpResponse):
        return location + response.content
    return location + b"".join(response.streaming_content)  # type: ignore[attr-defined]


def told(response: HttpResponseBase) -> str:
    """Everything that an answer says: page, file or address, and the messages for the next page."""
    request = response.wsgi_request  # type: ignore[attr-defined]
    messages = getattr(request, "_messages", None)
    queued = [str(each) for each in messages._queued_messages] if messages is not None else []
    return "\n".join([unquote(content_of(response).decode(errors="replace")), *queued])


def outcome_of(response: HttpResponseBase) -> Outcome:
    """Which outcome of the table the answer is."""
    match response.status_code:
        case 401 | 403:
            return Outcome.FORBIDDEN
        case 404:
            return Outcome.NOT_FOUND
        case 405:
            return Outcome.NOT_TAKEN
        case 302 if response.headers["Location"].startswith("/accounts/login/?next="):
            return Outcome.SIGN_IN
    return Outcome.ALLOWED
