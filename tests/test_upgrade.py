"""A database that an earlier release filled is upgraded, and nothing in it contradicts itself afterwards.

`data/demo-2026-11.sql.gz` is what pg_dump wrote of the demo of November 2026: schema and rows as the code of then
left them (agencies 0005, circulars 0006, distribution 0007), without the lines that only newer servers know.
"""

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings

from tests.conftest import ROOT

DUMP = ROOT / "tests" / "data" / "demo-2026-11.sql.gz"
COPY = re.compile(r"^(COPY .*? FROM stdin;)\n(.*?)^\\\.\n", re.MULTILINE | re.DOTALL)
COUNTED = ("agencies_agency", "circulars_circular", "distribution_delivery", "distribution_deliveryevent")


@pytest.fixture
def old_database() -> Iterator[dict[str, str]]:
    """A database of its own, as the earlier release left it: the environment in which the product uses it."""
    server = settings.DATABASES["default"]
    where = {"host": server["HOST"], "port": server["PORT"] or None, "user": server["USER"]}
    where |= {"password": server["PASSWORD"] or None}
    name = f"upgrade_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with psycopg.connect(**where, dbname="postgres", autocommit=True) as administration:
        administration.execute(f"DROP DATABASE IF EXISTS {name}")
        administration.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            with psycopg.connect(**where, dbname=name) as connection:
                load(connection)
            user = f"{quote(server['USER'])}:{quote(server['PASSWORD'] or '')}"
            place = f"host={quote(server['HOST'], safe='')}&port={server['PORT'] or 5432}"
            yield os.environ | {
                "DATABASE_URL": f"postgresql://{user}@/{name}?{place}",
                "DJANGO_SETTINGS_MODULE": "tests.settings",
            }
        finally:
            administration.execute(f"DROP DATABASE {name} WITH (FORCE)")


def load(connection: "psycopg.Connection[tuple[int]]") -> None:
    """What psql does with a plain dump."""
    script = gzip.decompress(DUMP.read_bytes()).decode()
    end = 0
    with connection.cursor() as cursor:
        for table in COPY.finditer(script):
            cursor.execute(script[end : table.start()].encode())
            with cursor.copy(table[1].encode()) as rows:
                rows.write(table[2])
            end = table.end()
        cursor.execute(script[end:].encode())


def manage(environment: dict[str, str], *commands: tuple[str, ...]) -> list[str]:
    """What each command printed. All run in one new process: starting the product takes seconds."""
    script = (
        "import io, json, sys\n"
        "import django\n"
        "from django.core.management import call_command\n"
        "django.setup()\n"
        "printed = [(io.StringIO(), command) for command in json.loads(sys.argv[1])]\n"
        "for output, command in printed:\n"
        "    call_command(*command, stdout=output)\n"
        "print(json.dumps([output.getvalue() for output, _ in printed]))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, json.dumps(commands)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, f"{ended.stdout}{ended.stderr}"
    printed: list[str] = json.loads(ended.stdout)
    return printed


def counts(environment: dict[str, str]) -> list[int]:
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        asked = [connection.execute(f"SELECT count(*) FROM public.{table}").fetchone() for table in COUNTED]
    return [row[0] for row in asked if row is not None]


def test_a_filled_database_of_an_earlier_release_is_upgraded_and_that_can_be_reversed_and_done_again(
    old_database: dict[str, str],
) -> None:
    assert counts(old_database) == [1742, 8, 297, 1159]

    _, contradictions, changes, outstanding = manage(
        old_database,
        ("migrate", "--verbosity=0"),
        ("check_consistency",),
        ("makemigrations", "--check", "--dry-run"),
        ("outstanding", "--json"),
    )

    assert contradictions == "Everything agrees.\n"
    assert counts(old_database) == [1742, 8, 297, 1159]
    assert changes == "No changes detected\n"
    assert json.loads(outstanding)

    *_, contradictions = manage(
        old_database,
        ("migrate", "distribution", "0007", "--verbosity=0"),
        ("migrate", "circulars", "0006", "--verbosity=0"),
        ("migrate", "agencies", "0005", "--verbosity=0"),
        ("migrate", "--verbosity=0"),
        ("check_consistency",),
    )

    assert contradictions == "Everything agrees.\n"
    assert counts(old_database) == [1742, 8, 297, 1159]
