"""Exports of 100,000 rows and a report of 10,000 recipients, against the bare tools on the same rows.

Each run is a process of its own, so that its peak memory is known:
`python -m benchmarks.exports.one_run FORM ours|limit ROWS` prints the seconds and the peak in MB.
What the bare tools are given is made before their time begins.
"""

import subprocess
import sys
from datetime import date
from statistics import median

from django.db import connection
from django.utils import timezone

from agencies.models import Membership, Role
from benchmarks.measure import say
from benchmarks.workload import (
    MANY,
    RECIPIENTS,
    drafts,
    drafts_to_many,
    large_letters,
    prepare_workload,
    sample_letters,
)
from distribution.services.sending.dispatch import dispatch

ROWS, REPORTED = 100_000, 10_000
ROUNDS = 3


def export_csv_100k() -> None:
    """The manager's list as CSV. Limit: COPY … TO of the same columns as they are."""
    _compare("export_csv_100k", "csv", ROWS, smaller=ROWS // 10)


def export_xlsx_100k() -> None:
    """The manager's list as XLSX. Limit: openpyxl in write-only mode, with the rows in memory."""
    _compare("export_xlsx_100k", "xlsx", ROWS, smaller=ROWS // 10)


def report_pdf_10k() -> None:
    """The status report of a letter to 10,000 units. Limit: WeasyPrint with one table of the same cells."""
    _compare("report_pdf_10k", "pdf", REPORTED, smaller=RECIPIENTS)


def _compare(name: str, form: str, rows: int, *, smaller: int) -> None:
    fill(rows)
    ours, limit = [], []
    for _round in range(ROUNDS):
        ours.append(_run(form, "ours", rows))
        limit.append(_run(form, "limit", rows))
    say(name, [seconds for seconds, _peak in ours], [seconds for seconds, _peak in limit])
    few = _run(form, "ours", smaller)[1]
    print(
        f"bench {name} peak MB: {max(peak for _, peak in ours):.0f}, with {smaller} rows {few:.0f},"
        f" limit {max(peak for _, peak in limit):.0f}; file in {median(s for s, _ in ours):.1f} s",
        flush=True,
    )


def _run(form: str, whose: str, rows: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.exports.one_run", form, whose, str(rows)]
    seconds, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-2:]
    return float(seconds), float(peak)


def fill(rows: int) -> None:
    """Letters of the benchmark's unit to 10,000 units each, with so many outstanding deliveries together."""
    sender, issuer = prepare_workload()
    Membership.objects.get_or_create(
        user=sender, agency=issuer, role=Role.MANAGER, defaults={"active_from": date(2020, 1, 1)}
    )
    letters = drafts_to_many(sender, issuer)
    while large_letters().count() * MANY < rows:
        dispatch(circular=next(letters), by=sender, at=timezone.now())
    if not sample_letters().exists():
        dispatch(circular=next(drafts(sender, issuer)), by=sender, at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE distribution_delivery, circulars_circular")
