"""The rows that each use case locks, in order, so that a lock that is dropped or moved is noticed.

`tests/use_cases/locks.json` names them. After a change that is meant, write it anew:
`WRITE_LOCKS=1 make test ARGS=tests/test_use_case_locks.py`.
"""

import json
import os
import re
from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.conftest import ROOT
from tests.use_cases import USE_CASES, UseCase
from tests.use_cases.database import Died

LOCKS = ROOT / "tests" / "use_cases" / "locks.json"
LOCKING = re.compile(
    r"\bFOR (NO KEY UPDATE|UPDATE|SHARE|KEY SHARE)\b(?:\s+OF \"(\w+)\")?(\s+SKIP LOCKED|\s+NOWAIT)?"
)
FIRST_TABLE = re.compile(r'\bFROM "?(\w+)')
MODES = {"NO KEY UPDATE": "no key", "UPDATE": "", "SHARE": "share", "KEY SHARE": "key share"}


@pytest.mark.django_db
@pytest.mark.usefixtures("kep_account")
def test_each_use_case_locks_these_rows_in_this_order() -> None:
    found = {name: locks_of(case) for name, case in sorted(USE_CASES.items())}
    if os.environ.get("WRITE_LOCKS"):
        LOCKS.write_text(json.dumps(found, indent=1) + "\n")

    assert found == json.loads(LOCKS.read_text())


def test_no_two_use_cases_lock_in_opposite_orders() -> None:
    """They would wait for each other, and one of them would fail. What skips locked rows waits for nobody."""
    before: dict[tuple[str, str], str] = {}
    for name, locks in json.loads(LOCKS.read_text()).items():
        tables = list(dict.fromkeys(each.split()[0] for each in locks if "skip" not in each))
        for index, first in enumerate(tables):
            for second in tables[index + 1 :]:
                before.setdefault((first, second), name)

    opposite = {
        f"{first} before {second} in {name}, after it in {before[second, first]}"
        for (first, second), name in before.items()
        if first < second and (second, first) in before
    }

    assert opposite == set()


def locks_of(case: UseCase) -> list[str]:
    """The tables whose rows it locks, one after the other, with the kind of lock."""
    with suppress(Died), transaction.atomic():
        action = case.prepare()
        with CaptureQueriesContext(connection) as queries:
            action()
        raise Died
    return [named for each in queries.captured_queries if (named := _lock(each["sql"]))]


def _lock(sql: str) -> str | None:
    if "pg_advisory" in sql:
        return "advisory"
    found, table = LOCKING.search(sql), FIRST_TABLE.search(sql)
    if found is None or table is None:
        return None
    skips = "skip" if found[3] and "SKIP" in found[3] else ""
    return " ".join(filter(None, [found[2] or table[1], MODES[found[1]], skips]))
