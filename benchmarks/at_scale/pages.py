"""Every page with a small and a large database, and acknowledgements while managers browse.

1. one database per size below `.local/`, filled by `make_history` and kept for the next run
2. in each, every GET page as an ordinary recipient, sender and manager, through django.test.Client in one process,
   with the product's own middleware and templates
3. one line and one row of the table for each page: the median with the large database, its ratio to the small one

PAGES_SMALL and PAGES_LARGE set the numbers of deliveries (50,000 and 2,000,000). Both have the same rate of letters:
the large database covers more years, and the number of outstanding deliveries is about the same.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.running import ROOT

SMALL = int(os.environ.get("PAGES_SMALL", "50000"))
LARGE = int(os.environ.get("PAGES_LARGE", "2000000"))

MOST_RATIO, MOST_SECONDS, TRIVIAL_SECONDS = 1.5, 0.3, 0.005
"""The goal for the large database, on a machine on which the trivial page takes the last value."""

LEAST_CONFIRMATIONS, MOST_P95 = 10.0, 1.0
"""The goal while ten managers browse: acknowledgements per second, and their 95th percentile in seconds."""

LONGEST_SQL = 600


def pages() -> None:
    """Print the medians of both sizes, a table of goals met and missed, and the slowest SQL of the pages that miss."""
    little, much = _measured("pages", SMALL), _measured("pages", LARGE)
    trivial = much["trivial"]
    limit = MOST_SECONDS * max(1.0, trivial / TRIVIAL_SECONDS)
    names = [name for name in much["pages"] if name in little["pages"]]
    rows = []
    for name in names:
        small, large = little["pages"][name]["median"], much["pages"][name]["median"]
        ratio = large / small
        met = ratio <= MOST_RATIO and large <= limit
        print(f"bench page {name} median {large:.4f} ratio {ratio:.2f}", flush=True)
        rows.append(
            (
                large,
                f"{name:44} {small:9.4f} {large:9.4f} {ratio:7.2f}  {'met' if met else 'NOT MET'}",
                met,
                name,
            )
        )
    print(f"bench trivial_page median {trivial:.4f} ratio {trivial / little['trivial']:.2f}", flush=True)
    print(f"\n{'page, role':44} {SMALL:>9,} {LARGE:>9,}   ratio  at most {MOST_RATIO} and {limit:.3f} s")
    for _seconds, line, _met, _name in sorted(rows, reverse=True):
        print(line)
    print(f"{sum(row[2] for row in rows)} of {len(rows)} pages met the goal.")
    for _seconds, _line, met, name in sorted(rows, reverse=True):
        if not met:
            seconds, sql = much["pages"][name]["slowest"]
            print(f"  {name}: its slowest SQL {seconds:.3f} s: {sql[:LONGEST_SQL]}")
    for name, reason in sorted((much["skipped"]).items()):
        print(f"  skipped: {name}, {reason}")


def pages_at_once() -> None:
    """Twenty recipients acknowledge while ten managers open board and letters, with the large database."""
    for name, found in _measured("at_once", LARGE).items():
        rate, p95 = found["rate"], found["p95"]
        met = rate >= LEAST_CONFIRMATIONS and p95 <= MOST_P95
        print(
            f"bench {name} confirmations {rate:.1f} p95 {p95:.3f} managers_p95 {found['looks_p95']:.3f}"
            f" managers_pages {found['looks_rate']:.1f} load_before {found['load']:.1f}",
            flush=True,
        )
        print(
            f"  at least {LEAST_CONFIRMATIONS:.0f} a second within {MOST_P95:.0f} s: {'met' if met else 'NOT MET'}"
        )


def _measured(what: str, size: int) -> Any:
    """The result of `benchmarks.at_scale.pages_inside` for the database of that size."""
    folder = ROOT / ".local" / f"bench-pages-{size}"
    output = Path(folder, f"{what}.json")
    folder.mkdir(parents=True, exist_ok=True)
    output.unlink(missing_ok=True)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"))
    }
    inside = [sys.executable, "-m", "benchmarks.at_scale.pages_inside", what, str(size), str(output)]
    subprocess.run(
        [sys.executable, "-m", "config.embedded", "--data", str(folder), "--", *inside],
        cwd=ROOT, env=environment, check=True,
    )  # fmt: skip
    return json.loads(output.read_text())
