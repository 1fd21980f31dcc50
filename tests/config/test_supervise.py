"""`make run` restarts a killed process alone, and ends everything on a signal or when a process can't start."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import ROOT

PATIENCE = 60

Start = Callable[[str], "Running"]


class Running:
    """A supervisor with its output."""

    def __init__(self, procfile: Path, log: Path) -> None:
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-m", "config.supervise", str(procfile)],
                cwd=ROOT,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_for(self, pattern: str) -> list[str]:
        """Wait until a line matches; returns all matches."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if found := re.findall(pattern, self.log.read_text()):
                return list(found)
            time.sleep(0.05)
        raise AssertionError(f"{pattern!r} is not in:\n{self.log.read_text()}")

    def pids(self, name: str) -> list[int]:
        return [int(pid) for pid in re.findall(rf"{name} started \(pid=(\d+)\)", self.log.read_text())]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    begun: list[Running] = []

    def run(procfile: str) -> Running:
        (tmp_path / "Procfile").write_text(procfile)
        begun.append(Running(tmp_path / "Procfile", tmp_path / "log"))
        return begun[-1]

    yield run
    for running in begun:
        for pid in [running.process.pid, *running.pids(r"\w+")]:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        running.process.wait()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_killed_process_is_restarted_and_the_others_are_left_alone(start: Start) -> None:
    running = start("web: exec sleep 600\nworker: exec sleep 601\n")
    running.wait_for(r"worker started")
    (web,), (worker,) = running.pids("web"), running.pids("worker")

    os.kill(worker, signal.SIGKILL)
    running.wait_for(r"worker started \(pid=\d+\)(?s:.*)worker started")

    assert running.pids("web") == [web]
    assert is_alive(web)
    assert is_alive(running.pids("worker")[1])
    assert "worker stopped (rc=-9); starting again in 1 s" in running.log.read_text()


def test_a_child_that_keeps_the_output_open_does_not_hold_up_the_restart(start: Start) -> None:
    running = start("worker: sleep 602 & exec sleep 603\n")
    running.wait_for("worker started")

    os.kill(running.pids("worker")[0], signal.SIGKILL)

    running.wait_for(r"worker started \(pid=\d+\)(?s:.*)worker started")


def test_the_pauses_grow(start: Start) -> None:
    running = start("worker: exec sleep 604\n")
    for fall in (1, 2):
        running.wait_for(rf"(?s:(worker started.*){{{fall}}})")
        os.kill(running.pids("worker")[-1], signal.SIGKILL)
        running.wait_for(rf"again in {fall} s")


def test_what_can_not_start_ends_everything_with_its_code(start: Start) -> None:
    running = start("web: exec sleep 605\nworker: exit 7\n")

    assert running.process.wait(timeout=PATIENCE) == 7
    assert "worker can't be started (rc=7)" in running.log.read_text()
    assert not any(map(is_alive, running.pids("web")))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything(start: Start, number: signal.Signals) -> None:
    running = start("web: exec sleep 606\nworker: exec sleep 607\n")
    running.wait_for("worker started")

    running.process.send_signal(number)

    assert running.process.wait(timeout=PATIENCE) == 128 + number
    assert not any(map(is_alive, running.pids(r"\w+")))


def test_make_run_uses_it() -> None:
    assert "-m config.supervise" in (ROOT / "Makefile").read_text(encoding="utf-8")
