"""What the connections tell PostgreSQL about its disks."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

SHOW = (
    "import django; django.setup(); from django.db import connection as c;"
    " print(c.cursor().execute('SHOW random_page_cost').fetchone()[0])"
)


@pytest.mark.parametrize(
    ("settings", "cost"),
    [({}, "1.1"), ({"DATABASE_ON_SSD": "0"}, "4"), ({"DATABASE_POOLER": "1"}, "4")],
    ids=["solid state", "rotating", "pooler"],
)
def test_random_reads_cost_what_the_disks_say(settings: dict[str, str], cost: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SHOW], cwd=ROOT, env=os.environ | settings, capture_output=True, text=True
    )

    assert ended.stdout == f"{cost}\n", ended.stderr
