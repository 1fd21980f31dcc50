"""`python -m benchmarks.at_scale.pages_inside WHAT SIZE FILE`: measure in one database, filled if needed."""

import json
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from agencies.models import User  # noqa: E402
from benchmarks.at_scale.page_addresses import Address, Sample, addresses, find_sample  # noqa: E402
from benchmarks.at_scale.pages_at_once import confirm_while_looking  # noqa: E402
from benchmarks.minimal_settings import MIDDLEWARE  # noqa: E402
from distribution.models import Delivery, Heartbeat  # noqa: E402
from distribution.outbox.outages.heartbeat import beat  # noqa: E402

DELIVERIES_A_DAY = 2_000_000 / 2190
ROUNDS, WARM_UP = 7, 2
ALMOST = 0.99
"""A history of a size has a few deliveries less: not each unit to which a letter is passed on can have it."""

SLOW, SLOW_ROUNDS = 2.0, 3
"""Pages slower than this, in seconds, get fewer rounds."""

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def main(what: str, size: int, output: Path) -> None:
    """Fill the database, measure, write the result as JSON."""
    fill(size)
    found = measure_pages() if what == "pages" else confirm_while_looking()
    output.write_text(json.dumps(found))


def fill(size: int) -> None:
    """Migrate the database, and add deliveries up to that number."""
    logging.getLogger("django.request").setLevel(logging.ERROR)
    call_command("migrate", verbosity=0)
    call_command("load_directory", verbosity=0)
    if Delivery.objects.count() >= ALMOST * size:
        return
    days = max(20, round(size / DELIVERIES_A_DAY))
    begin = time.monotonic()
    call_command("make_history", "--deliveries", str(size), "--days", str(days), stdout=sys.stderr)
    took = time.monotonic() - begin
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"bench fill {size} deliveries {took:.0f} s rate {size / took:.0f}/s peak {peak:.0f} MB",
        flush=True,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def measure_pages() -> dict[str, Any]:
    """The median of every page and role, the slowest SQL of each, and the skipped pages with reasons.

    Before each page the sweep gives its sign of life, which it does every minute in a running system.
    """
    sample = find_sample()
    pages: dict[str, Any] = {}
    skipped: dict[str, str] = {}
    for role, person in sample.people.items():
        client = signed_in(person)
        for address in addresses(sample, role):
            beat(job=Heartbeat.Job.SWEEP, at=timezone.now())
            try:
                answer = client.get(address.path)
            except Exception as error:  # a failing page is a result too
                skipped[f"{address.name} {role}"] = f"failed: {error!r}"[:300]
                continue
            if answer.status_code == 200 or (answer.status_code == 302 and address.redirects):
                pages[f"{address.name} {role}"] = measure_page(client, address)
            else:
                skipped.setdefault(address.name, address.skip_reason(answer.status_code))
    opened = {name.rpartition(" ")[0] for name in pages}
    return {
        "trivial": measure_trivial(sample),
        "pages": pages,
        "skipped": {name: why for name, why in skipped.items() if name not in opened},
    }


def signed_in(person: User) -> Client:
    """A test client signed in as the person."""
    client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="tr")
    client.force_login(person, backend=BACKEND)
    return client


def measure_page(client: Client, address: Address) -> dict[str, Any]:
    """The median in seconds, and the number of queries and the slowest SQL of one further request."""
    took = seconds_of(lambda: client.get(address.path).getvalue())
    slowest, queries = (0.0, ""), 0

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal slowest, queries
        queries += 1
        begin = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            slowest = max(slowest, (time.perf_counter() - begin, sql))

    with connection.execute_wrapper(watch):
        client.get(address.path).getvalue()
    return {"median": took, "queries": queries, "slowest": slowest, "board": address.is_board}


def measure_trivial(sample: Sample) -> float:
    """The median of the minimal authenticated page that reads one row, in seconds."""
    client = signed_in(sample.people["recipient"])
    with override_settings(ROOT_URLCONF="benchmarks.minimal_page", MIDDLEWARE=MIDDLEWARE):
        path = f"/deliveries/{sample.delivery.public_id}/"
        assert client.get(path).status_code == 200
        return seconds_of(lambda: client.get(path).getvalue())


def seconds_of(request: Callable[[], object]) -> float:
    """The median of several rounds in seconds, with fewer rounds for slow requests."""
    took: list[float] = []
    rounds = ROUNDS
    for number in range(WARM_UP + ROUNDS):
        begin = time.perf_counter()
        request()
        seconds = time.perf_counter() - begin
        if number == 0 and seconds > SLOW:
            rounds = SLOW_ROUNDS
        if number >= WARM_UP:
            took.append(seconds)
        if len(took) == rounds:
            break
    return median(took)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
