"""Processes of this machine, as Linux shows them: who lives, whose child it is, and how one ends."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

STOP_SECONDS = 30
LAST_WORDS_SECONDS = 10


def end(pid: int, number: signal.Signals, process: subprocess.Popen[bytes] | None = None) -> None:
    """Stop a process and wait for its end; kill it when it does not follow."""
    for order, seconds in ((number, STOP_SECONDS), (signal.SIGKILL, 5)):
        deadline = time.monotonic() + seconds
        try:
            os.kill(pid, order)
        except ProcessLookupError:
            return
        while time.monotonic() < deadline:
            if process is not None and process.pid == pid:
                process.poll()  # our own child stays in the table until somebody asks
            if not is_alive(pid):
                return
            time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether it runs; one that only waits for its parent to notice its end does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (OSError, IndexError):
        return False


def arguments(pid: int) -> list[str]:
    """The command line it was started with."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="surrogateescape").split("\0")
    except OSError:
        return []


def children() -> list[int]:
    """The processes whose parent we are."""
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
    """End what the command left behind, first with a word, then without."""
    begun = time.monotonic()
    told: set[int] = set()
    while left := set(children()) - ours:
        late = time.monotonic() - begun > LAST_WORDS_SECONDS
        for pid in left if late else left - told:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
        told |= left
        time.sleep(0.05)
