"""Processes on Linux, through /proc: liveness, command line, children, termination."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

STOP_SECONDS = 30
LAST_WORDS_SECONDS = 10


def end(pid: int, number: signal.Signals, process: subprocess.Popen[bytes] | None = None) -> None:
    """Send a process the signal and wait for its end; kill it after a timeout."""
    for order, seconds in ((number, STOP_SECONDS), (signal.SIGKILL, 5)):
        deadline = time.monotonic() + seconds
        try:
            os.kill(pid, order)
        except ProcessLookupError:
            return
        while time.monotonic() < deadline:
            if process is not None and process.pid == pid:
                process.poll()  # reap our own child
            if not is_alive(pid):
                return
            time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether it is running; a zombie is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (OSError, IndexError):
        return False


def arguments(pid: int) -> list[str]:
    """Its command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="surrogateescape").split("\0")
    except OSError:
        return []


def children() -> list[int]:
    """Child processes of this process."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if int(parent) == os.getpid() and state not in "ZX":
            found.append(int(status.parent.name))
    return found


def end_orphans(ours: set[int]) -> None:
    """End the command's remaining processes: SIGTERM first, then SIGKILL."""
    begun = time.monotonic()
    told: set[int] = set()
    while left := set(children()) - ours:
        late = time.monotonic() - begun > LAST_WORDS_SECONDS
        for pid in left if late else left - told:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
        told |= left
        time.sleep(0.05)
