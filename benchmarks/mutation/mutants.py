"""Which slips would the tests notice: mutate lines that tests run, and run the tests of these lines.

`python -m config.embedded --data .local/mutants --fast -- python -m benchmarks.mutation.mutants [--draw 100]`

1. run the suite once with coverage, which notes for each line the tests that run it (`--anew` repeats it)
2. draw mutations at random among these lines; locks, `atomic` and `on_commit` have a fixed share
3. apply each to a copy of the tree and run the tests of its line, the most specific first, until one fails
4. print by kind how many were noticed, and each that wasn't

Tests in a browser and of scale are left out. A hundred mutants take hours on two cores.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import coverage

from benchmarks.mutation.mutations import Mutation, mutations_of
from benchmarks.running import ROOT

STATE = ROOT / ".local" / "mutants-state"
TREE, DATA = STATE / "tree", STATE / "coverage"
CONFIG = """[run]
dynamic_context = test_function
source = agencies,circulars,distribution
omit = */migrations/*
data_file = {data}
parallel = true
patch = subprocess
"""
APPS = ("agencies", "circulars", "distribution")
NOT_RUN = ("--ignore=tests/browser", "--ignore=tests/scale", "--ignore=tests/bootstrap")
SHARE = {"lock": 0.12, "atomic": 0.10, "on_commit": 0.06}
"""Share of the draw of each kind that is rare in the code; the others are drawn together."""

LONGEST = 900
"""Seconds for the tests of one mutant. One that takes longer hangs, which is noticed."""

MOST_TESTS = 60
"""The most specific tests of a line that are run; what only others would notice counts as missed."""

FIRST = {"lock": ("tests/test_use_case_locks.py",)}
LAST = {"atomic": ("tests/test_use_cases.py",), "on_commit": ("tests/test_use_cases.py",)}
"""Tests that are made for a kind of mutation: run before those of the line, or after them because they take long."""


@dataclass(frozen=True)
class Mutant:
    """A mutation of one file, and the tests that run its line, as node ids, the most specific first."""

    path: Path
    mutation: Mutation
    tests: tuple[str, ...]

    def __str__(self) -> str:
        source = (ROOT / self.path).read_text()
        was = " ".join(source[self.mutation.begin : self.mutation.end].split())
        now = " ".join(self.mutation.text.split())
        return f"{self.path}:{self.mutation.line} {self.mutation.kind}: {was[:90]} -> {now[:90]}"


def note_lines() -> None:
    """Run the suite with coverage."""
    STATE.mkdir(parents=True, exist_ok=True)
    config = STATE / "coveragerc"
    config.write_text(CONFIG.format(data=DATA))
    coverage_of = [sys.executable, "-m", "coverage"]
    tests = ["-m", "pytest", "-q", "-n", "auto", "--maxprocesses", "8", "--dist", "worksteal", *NOT_RUN]
    # Tests that fail without a mutation are named by pytest; their lines count all the same.
    subprocess.run([*coverage_of, "run", f"--rcfile={config}", *tests], cwd=ROOT, check=False)
    subprocess.run([*coverage_of, "combine", f"--rcfile={config}"], cwd=ROOT, check=True)


def mutants() -> list[Mutant]:
    """Every mutant of a line that a test runs."""
    data = coverage.CoverageData(str(DATA))
    data.read()
    lines_of: Counter[str] = Counter()
    tests_of: dict[Path, dict[int, list[str]]] = {}
    for file in sorted(data.measured_files()):
        by_line: dict[int, list[str]] = {
            line: [each for each in tests if each] for line, tests in data.contexts_by_lineno(file).items()
        }
        tests_of[Path(file).relative_to(ROOT)] = by_line
        for tests in by_line.values():
            lines_of.update(tests)
    found: list[Mutant] = []
    for path, by_line in tests_of.items():
        for mutation in mutations_of((ROOT / path).read_text()):
            if reached := by_line.get(mutation.line):
                by_length = sorted(set(reached), key=lambda each: (lines_of[each], each))
                nodes = [_node_of(each) for each in by_length]
                kind = mutation.kind
                own = [each for each in nodes if each][:MOST_TESTS]
                found.append(Mutant(path, mutation, (*FIRST.get(kind, ()), *own, *LAST.get(kind, ()))))
    return [each for each in found if each.tests]


def _node_of(context: str) -> str | None:
    """`tests.circulars.test_due.test_x` as pytest names it, or None for a function elsewhere."""
    parts = context.split(".")
    for count in range(len(parts) - 1, 0, -1):
        file = Path(*parts[:count]).with_suffix(".py")
        if (ROOT / file).is_file():
            return "::".join([str(file), *parts[count:]])
    return None


def draw(all_mutants: list[Mutant], count: int, seed: int, kinds: list[str]) -> list[Mutant]:
    """That many mutants, the same for the same seed and code. Rare kinds have their share."""
    chance = random.Random(seed)
    if kinds:
        all_mutants = [each for each in all_mutants if each.mutation.kind in kinds]
        return chance.sample(all_mutants, min(count, len(all_mutants)))
    drawn: list[Mutant] = []
    for kind, share in SHARE.items():
        same = [each for each in all_mutants if each.mutation.kind == kind]
        drawn += chance.sample(same, min(round(count * share), len(same)))
    others = [each for each in all_mutants if each.mutation.kind not in SHARE]
    return drawn + chance.sample(others, min(count - len(drawn), len(others)))


def copy_tree() -> None:
    """A copy of the tree, in which mutations may be left behind if the run is interrupted."""
    shutil.rmtree(TREE, ignore_errors=True)
    ignored = shutil.ignore_patterns(".local", ".git", ".venv", "node_modules", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, TREE, ignore=ignored, symlinks=True)
    if (ROOT / "node_modules").exists():
        (TREE / "node_modules").symlink_to((ROOT / "node_modules").resolve())


def is_noticed(mutant: Mutant) -> bool:
    """Run the tests of the mutant's line against it. Raises RuntimeError if no test could be run."""
    source = (ROOT / mutant.path).read_text()
    (TREE / mutant.path).write_text(mutant.mutation.applied_to(source))
    options = ["-x", "-q", "--reuse-db", "-p", "no:cacheprovider", "--no-header"]
    environment = os.environ | {"PYTHONPATH": str(TREE), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *mutant.tests],
            cwd=TREE,
            env=environment,
            timeout=LONGEST,
            capture_output=True,
            text=True,
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        (TREE / mutant.path).write_text(source)
    if ran.returncode not in (0, 1, 2):
        raise RuntimeError(f"{mutant}: {ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return ran.returncode != 0


def report(noticed: list[Mutant], missed: list[Mutant]) -> Iterator[str]:
    """The figures by kind, and what nobody noticed."""
    total = Counter(each.mutation.kind for each in [*noticed, *missed])
    good = Counter(each.mutation.kind for each in noticed)
    for kind in sorted(total):
        yield f"{kind:<12} {good[kind]:>3} of {total[kind]:>3}  {good[kind] / total[kind]:>4.0%}"
    count = len(noticed) + len(missed)
    yield f"{'all':<12} {len(noticed):>3} of {count:>3}  {len(noticed) / max(count, 1):>4.0%}"
    yield from (f"not noticed: {each}" for each in missed)


def main() -> int:
    """Returns the exit code: 0 whatever the figures are."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.mutation.mutants", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--draw", type=int, default=100, help="number of mutants")
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument(
        "--kind", action="append", default=[], help="only mutants of this kind (may be repeated)"
    )
    parser.add_argument("--anew", action="store_true", help="note again which tests run which lines")
    parser.add_argument("--list", action="store_true", help="print the drawn mutants without running tests")
    chosen = parser.parse_args()
    if chosen.anew or not DATA.exists():
        note_lines()
    drawn = draw(mutants(), chosen.draw, chosen.seed, chosen.kind)
    if chosen.list:
        print(*drawn, sep="\n")
        return 0
    copy_tree()
    noticed: list[Mutant] = []
    missed: list[Mutant] = []
    for number, mutant in enumerate(drawn, start=1):
        begun = time.monotonic()
        found = is_noticed(mutant)
        (noticed if found else missed).append(mutant)
        words = "noticed" if found else "NOT NOTICED"
        print(f"{number}/{len(drawn)} {words} in {time.monotonic() - begun:.0f} s: {mutant}", flush=True)
    print(*report(noticed, missed), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
