"""Acknowledgements over HTTP, against a minimal authenticated POST that updates one row, under the same gunicorn."""

import http.client
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from agencies.models import Agency, Membership, Role, User
from benchmarks.measure import compare
from benchmarks.running import end, start
from benchmarks.workload import RECIPIENTS, drafts, prepare_workload
from distribution.models import Delivery
from distribution.services.sending.dispatch import dispatch

PORT = int(os.environ.get("BENCH_WEB_PORT", "18080"))
CLIENTS = 8
ROUNDS, WARM_UP = 5, 1
A_ROUND = RECIPIENTS * 2
TOKEN = "a" * 32
SERVER = ["--workers", "2", "--threads", "4", "--log-level", "error", "--graceful-timeout", "3"]
"""As in the Procfile."""

Post = tuple[UUID, str]
"""A delivery, and the session key of the person who acknowledges it."""


def acknowledge() -> None:
    """Ours: acknowledge one letter per request. Eight clients with persistent connections."""
    sender, issuer = prepare_workload()
    letters = drafts(sender, issuer)
    posts: list[Post] = []
    sessions: dict[int, str] = {}
    for _ in range(2 * (ROUNDS + WARM_UP)):
        letter = next(letters)
        dispatch(circular=letter, by=sender, at=timezone.now() - timedelta(days=30))
        for delivery, agency in letter.deliveries.values_list("public_id", "agency"):
            if agency not in sessions:
                sessions[agency] = _signed_in(agency)
            posts.append((delivery, sessions[agency]))
    rounds = [posts[begin : begin + A_ROUND] for begin in range(0, len(posts), A_ROUND)]
    touched = list(rounds)
    with serving("config.wsgi", PORT), serving("config.wsgi", PORT + 1, "benchmarks.minimal_settings"):
        compare(
            "acknowledge",
            lambda: _post_all(PORT, rounds.pop()),
            lambda: _post_all(PORT + 1, touched.pop()),
            rounds=ROUNDS,
            warm_up=WARM_UP,
        )
    confirmed = Delivery.objects.filter(public_id__in=[delivery for delivery, _session in posts])
    assert not confirmed.filter(acknowledged_at=None).exists()


def _signed_in(agency: int) -> str:
    """The session key of a recipient of the unit."""
    person, _ = User.objects.get_or_create(username=f"olcum{agency}")
    Membership.objects.get_or_create(
        user=person, agency=Agency.objects.get(pk=agency), role=Role.RECIPIENT, active_to=None
    )
    return session_of(person)


def session_of(person: User) -> str:
    """The key of a new authenticated session."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return session.session_key or ""


@contextmanager
def serving(application: str, port: int, settings_module: str = "config.settings") -> Iterator[None]:
    """Run gunicorn as in the Procfile; enters when it accepts requests."""
    server = start(
        "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", *SERVER,
        environment={"DJANGO_SETTINGS_MODULE": settings_module},
    )  # fmt: skip
    try:
        for _ in range(300):
            time.sleep(0.1)
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/")
                break
            except OSError:
                continue
        else:
            raise TimeoutError(f"{application} does not start under {settings_module}.")
        yield
    finally:
        end(server)


def _post_all(port: int, posts: list[Post]) -> None:
    """Send all posts with eight concurrent clients. Raises AssertionError for an unexpected response."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(
            clients.map(lambda batch: _post(port, batch), [posts[first::CLIENTS] for first in range(CLIENTS)])
        )


def _post(port: int, posts: list[Post]) -> None:
    server = http.client.HTTPConnection("127.0.0.1", port)
    for delivery, session in posts:
        headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        server.request("POST", f"/deliveries/{delivery}/acknowledge/", "register_number=123", headers)
        answer = server.getresponse()
        answer.read()
        assert answer.status == 302 and "login" not in answer.headers["Location"], answer.status
    server.close()
