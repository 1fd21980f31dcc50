"""`python -m benchmarks.pages_inside WHAT SIZE FILE`: measures in the database of one size, filled if it isn't yet."""

import json
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402

from agencies.models import User  # noqa: E402
from benchmarks.minimal_settings import MIDDLEWARE  # noqa: E402
from benchmarks.page_addresses import Address, Cast, addresses, find_cast  # noqa: E402
from benchmarks.pages_at_once import confirm_while_looking  # noqa: E402
from distribution.models import Delivery  # noqa: E402

DELIVERIES_A_DAY = 2_000_000 / 2190
ROUNDS, WARM_UP = 7, 2
SLOW, SLOW_ROUNDS = 2.0, 3
"""A page that takes longer than so many seconds is asked for less often."""

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def main(what: str, size: int, output: Path) -> None:
    """Fill, measure, write what was found."""
    fill(size)
    found = measure_pages() if what == "pages" else confirm_while_looking()
    output.write_text(json.dumps(found))


def fill(size: int) -> None:
    """Bring the database to the newest migration, and give it that many deliveries if it has fewer."""
    logging.getLogger("django.request").setLevel(logging.ERROR)
    call_command("migrate", verbosity=0)
    call_command("load_directory", verbosity=0)
    if Delivery.objects.count() >= size:
        return
    days = max(20, round(size / DELIVERIES_A_DAY))
    call_command("make_history", "--deliveries", str(size), "--days", str(days), stdout=sys.stderr)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def measure_pages() -> dict[str, Any]:
    """The median of every page and role, the slowest SQL of each, and what was left out and why."""
    cast = find_cast()
    pages: dict[str, Any] = {}
    left_out: dict[str, str] = {}
    for role, person in cast.people.items():
        client = signed_in(person)
        for address in addresses(cast, role):
            try:
                answer = client.get(address.path)
            except Exception as error:  # a page that fails is a finding too
                left_out[f"{address.name} {role}"] = f"it failed: {error!r}"[:300]
                continue
            if answer.status_code == 200 or (answer.status_code == 302 and address.leads_on):
                pages[f"{address.name} {role}"] = measure_page(client, address)
            else:
                left_out.setdefault(address.name, address.why_not(answer.status_code))
    opened = {name.rpartition(" ")[0] for name in pages}
    return {
        "trivial": measure_trivial(cast),
        "pages": pages,
        "left_out": {name: why for name, why in left_out.items() if name not in opened},
    }


def signed_in(person: User) -> Client:
    """A client of a person who has signed in."""
    client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="tr")
    client.force_login(person, backend=BACKEND)
    return client


def measure_page(client: Client, address: Address) -> dict[str, Any]:
    """The median in seconds, and the slowest SQL of one more request."""
    took = seconds_of(lambda: client.get(address.path).getvalue())
    slowest = (0.0, "")

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal slowest
        begin = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            slowest = max(slowest, (time.perf_counter() - begin, sql))

    with connection.execute_wrapper(watch):
        client.get(address.path).getvalue()
    return {"median": took, "slowest": slowest}


def measure_trivial(cast: Cast) -> float:
    """The median of the smallest signed-in page that reads one row."""
    client = signed_in(cast.people["recipient"])
    with override_settings(ROOT_URLCONF="benchmarks.minimal_page", MIDDLEWARE=MIDDLEWARE):
        path = f"/deliveries/{cast.delivery.public_id}/"
        assert client.get(path).status_code == 200
        return seconds_of(lambda: client.get(path).getvalue())


def seconds_of(request: Callable[[], object]) -> float:
    """The median of some rounds, fewer for what is slow."""
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
