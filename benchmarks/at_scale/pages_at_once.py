"""Twenty recipients acknowledge letters while ten managers open the board and letters, over HTTP.

Served by gunicorn as in the Procfile. A recipient waits one second between requests. A manager reads each page for
two seconds, and in a second measurement opens page after page without a pause. Only the POST of an acknowledgement is
measured, without the page to which it redirects. The first seconds are not measured: the server loads its code and
templates, and all people begin in the same moment.
"""

import http.client
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from statistics import quantiles
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.urls import reverse

from agencies.models import Membership, Role
from benchmarks.confirming import PORT, TOKEN, serving, session_of
from circulars.models import Circular, Status
from distribution.models import Delivery

RECIPIENTS, MANAGERS = 20, 10
WARM_UP, SECONDS = 10, 30
BETWEEN_CONFIRMATIONS = 1.0
READING_PAUSES = {"pages_at_once": 2.0, "pages_at_once_without_pause": 0.0}
"""Seconds for which a manager reads a page, by measurement."""


def confirm_while_looking() -> dict[str, dict[str, float]]:
    """The result of each measurement."""
    return {name: _measured(pause) for name, pause in READING_PAUSES.items()}


def _measured(reading_pause: float) -> dict[str, float]:
    """Acknowledgements per second, their 95th percentile in seconds, that of the managers' pages, and their number.

    `load` is the load of the machine before, as its average over a minute: it should be far below 1.
    """
    load = os.getloadavg()[0]
    owing = Delivery.objects.outstanding().filter(successor=None).values("agency")
    most = owing.annotate(count=Count("pk")).order_by("-count").values_list("agency", flat=True)[:RECIPIENTS]
    recipients = [(_session(agency, Role.RECIPIENT), _owed(agency)) for agency in most]
    managing = Membership.objects.filter(role=Role.MANAGER, agency__circulars__isnull=False)
    issuers = list(managing.order_by("agency").values_list("agency", flat=True).distinct()[:MANAGERS])
    managers = [(_session(issuer, Role.MANAGER), list(_pages(issuer))) for issuer in issuers]
    connection.close()
    with serving("config.wsgi", PORT), ThreadPoolExecutor(RECIPIENTS + MANAGERS) as people:
        begin = time.monotonic() + WARM_UP
        period = (begin, begin + SECONDS)
        confirming = [
            people.submit(_act, session, map(_confirmation, owed), BETWEEN_CONFIRMATIONS, period)
            for session, owed in recipients
        ]
        looking = [
            people.submit(_act, session, (("GET", page) for page in cycle(pages)), reading_pause, period)
            for session, pages in managers
        ]
        confirmed = [seconds for future in confirming for seconds in future.result()]
        looked = [seconds for future in looking for seconds in future.result()]
    return {
        "rate": len(confirmed) / SECONDS,
        "p95": quantiles(confirmed, n=20)[-1],
        "looks_p95": quantiles(looked, n=20)[-1],
        "looks_rate": len(looked) / SECONDS,
        "load": load,
    }


Request = tuple[str, str]


def _confirmation(delivery: UUID) -> Request:
    return "POST", reverse("acknowledge", args=[delivery])


def _owed(agency: int) -> list[UUID]:
    owed = Delivery.objects.outstanding().filter(agency=agency, successor=None).order_by("-created_at")
    return list(owed.values_list("public_id", flat=True)[: 2 * (WARM_UP + SECONDS)])


def _pages(issuer: int) -> Iterator[str]:
    sent = Circular.objects.filter(issuer=issuer, status=Status.DISPATCHED).order_by("-dispatched_at")
    for letter in sent.values_list("public_id", flat=True)[:20]:
        yield reverse("outstanding")
        yield reverse("letter", args=[letter])


def _session(agency: int, role: Role) -> str:
    person = Membership.objects.filter(agency=agency, role=role).select_related("user")[0].user
    return session_of(person)


def _act(session: str, requests: Iterator[Request], pause: float, period: tuple[float, float]) -> list[float]:
    """Durations in seconds of the requests made in the period, after those that warm up.

    Raises AssertionError for an unexpected response.
    """
    headers = {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
        "X-CSRFToken": TOKEN,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    took: list[float] = []
    for method, path in requests:
        begin = time.monotonic()
        if begin >= period[1]:
            break
        # gunicorn closes a connection that is idle for two seconds, so each request has its own.
        server = http.client.HTTPConnection("127.0.0.1", PORT)
        server.request(method, path, "register_number=123" if method == "POST" else None, headers)
        answer = server.getresponse()
        answer.read()
        assert answer.status == (302 if method == "POST" else 200), (path, answer.status)
        assert "login" not in answer.headers.get("Location", ""), path
        server.close()
        if begin >= period[0]:
            took.append(time.monotonic() - begin)
        time.sleep(pause)
    return took
