"""Every page with a small and a large database, and acknowledgements while managers browse.

1. one database per size below `.local/`, filled by `make_history` and kept for the next run
2. in each, every GET page as an ordinary recipient, sender and manager, through django.test.Client in one process,
   with the product's own middleware and templates
3. one line and one row of the table for each page: the median with the large database, its ratio to the small one, the
   number of queries, and what it misses of the goal

PAGES_SMALL and PAGES_LARGE set the numbers of deliveries (50,000 and 5,000,000). Both have the same rate of letters:
the large database covers more years, and the number of outstanding deliveries is about the same.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.running import ROOT

SMALL = int(os.environ.get("PAGES_SMALL", "50000"))
LARGE = int(os.environ.get("PAGES_LARGE", "5000000"))

MOST_RATIO, MOST_RATIO_OF_BOARDS, MOST_QUERIES = 1.5, 3.0, 15
MOST_SECONDS, TRIVIAL_SECONDS = 0.3, 0.005
"""The goal for the large database, on a machine on which the trivial page takes the last value."""

LEAST_CONFIRMATIONS, MOST_P95 = 10.0, 1.0
"""The goal while ten managers browse: acknowledgements per second, and their 95th percentile in seconds."""

LONGEST_SQL = 600


@dataclass(frozen=True)
class Measured:
    """One page: its medians in seconds with both databases, and its queries with the large one."""

    name: str
    small: float
    large: float
    queries: int
    is_board: bool

    @property
    def ratio(self) -> float:
        return self.large / self.small

    def misses(self, most_seconds: float) -> list[str]:
        """What it misses of the goal."""
        most_ratio = MOST_RATIO_OF_BOARDS if self.is_board else MOST_RATIO
        missed = {
            "seconds": self.large > most_seconds,
            "ratio": self.ratio > most_ratio,
            "queries": self.queries > MOST_QUERIES,
        }
        return [name for name, is_missed in missed.items() if is_missed]


def pages() -> None:
    """Print the medians of both sizes, a table of goals met and missed, and the slowest SQL of the pages that miss."""
    little, much = _measured("pages", SMALL), _measured("pages", LARGE)
    trivial = much["trivial"]
    limit = MOST_SECONDS * max(1.0, trivial / TRIVIAL_SECONDS)
    found = [
        Measured(name, little["pages"][name]["median"], page["median"], page["queries"], page["board"])
        for name, page in much["pages"].items()
        if name in little["pages"]
    ]
    for page in found:
        print(
            f"bench page {page.name} median {page.large:.4f} ratio {page.ratio:.2f} queries {page.queries}",
            flush=True,
        )
    print(f"bench trivial_page median {trivial:.4f} ratio {trivial / little['trivial']:.2f}", flush=True)
    print(
        f"\nAt most {limit:.3f} s, {MOST_QUERIES} queries, and {MOST_RATIO} times as long as with the small database"
        f" ({MOST_RATIO_OF_BOARDS} for boards).\n\n{'page, role':64} {SMALL:>9,} {LARGE:>9,}   ratio  queries"
    )
    slowest_first = sorted(found, key=lambda page: -page.large)
    for page in slowest_first:
        missed = ", ".join(page.misses(limit))
        print(
            f"{page.name:64} {page.small:9.4f} {page.large:9.4f} {page.ratio:7.2f} {page.queries:8}"
            f"  {f'<<< MISSED: {missed}' if missed else 'met'}"
        )
    missing = [page for page in slowest_first if page.misses(limit)]
    print(f"{len(found) - len(missing)} of {len(found)} pages met the goal.")
    for page in missing:
        seconds, sql = much["pages"][page.name]["slowest"]
        print(f"  {page.name}: its slowest SQL {seconds:.3f} s: {sql[:LONGEST_SQL]}")
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
