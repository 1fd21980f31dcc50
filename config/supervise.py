"""Run the processes of the Procfile together, and restart each one that ends by itself.

    python -m config.supervise [Procfile]

honcho reads the Procfile, starts the commands and prints their lines. Its own manager ends all of them with the
first one; here that one alone is restarted, after a growing pause. A process that can't even start ends
everything with its exit code.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import FrameType

from honcho.colour import get_colours
from honcho.environ import expand_processes, parse_procfile
from honcho.printer import Message, Printer
from honcho.process import Popen

PAUSES = (1, 2, 4, 8, 15, 30)
"""Seconds before each restart of a process that keeps ending; the last one repeats."""

START_SECONDS = 5
"""A process that has run for so long has started."""

STEADY_SECONDS = 60
"""After running for so long, a process begins again with the first pause."""

MOST_FALSE_STARTS = 5
"""A process that has ended so many times without ever having started can't run here."""

ORPHANS_SECONDS = 30
"""The children of a killed process may finish what they are doing for so long."""

STOP_SECONDS = 10

Say = Callable[[str], None]


class Supervised:
    """One command of the Procfile, over all its runs."""

    def __init__(self, name: str, command: str, environment: dict[str, str], say: Say, write: Say) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._say = say
        self._write = write
        self._child: Popen | None = None
        self._started_at = 0.0
        self._restart_at: float | None = None
        self._falls = 0
        self._has_started = False
        self._orphans: list[tuple[int, float]] = []

    def start(self) -> None:
        """Start the command in a session of its own."""
        self._started_at, self._restart_at = time.monotonic(), None
        self._child = Popen(self._command, env=self._environment)
        self._say(f"{self.name} started (pid={self._child.pid})")
        threading.Thread(target=self._copy, args=[self._child], daemon=True).start()

    def _copy(self, child: Popen) -> None:
        for line in iter(child.stdout.readline, b""):
            self._write(line.decode("utf-8", "replace"))

    def look_after(self) -> int | None:
        """Restart it if it has ended. Returns its exit code if it can't run here, otherwise None."""
        now = time.monotonic()
        for group, end_at in self._orphans:
            if now >= end_at:
                _signal(group, signal.SIGTERM)
        self._orphans = [(group, end_at) for group, end_at in self._orphans if now < end_at]
        if self._restart_at is not None:
            if now >= self._restart_at:
                self.start()
            return None
        assert self._child is not None
        code = self._child.poll()
        ran = now - self._started_at
        self._has_started = self._has_started or ran >= START_SECONDS
        if code is None:
            return None
        self._falls = 1 if ran >= STEADY_SECONDS else self._falls + 1
        if not self._has_started and self._falls >= MOST_FALSE_STARTS:
            self._say(f"{self.name} can't be started (rc={code})")
            return int(code) or 1
        pause = PAUSES[min(self._falls, len(PAUSES)) - 1]
        self._say(f"{self.name} stopped (rc={code}); starting again in {pause} s")
        self._orphans.append((self._child.pid, now + ORPHANS_SECONDS))
        self._restart_at = now + pause
        return None

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send the signal to its group, and to what is left of earlier runs."""
        for group, _end_at in self._orphans:
            _signal(group, number)
        if self.is_running and self._child is not None:
            _signal(self._child.pid, number)


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


class Supervisor:
    """All processes of a Procfile."""

    def __init__(self, procfile: str, environment: dict[str, str]) -> None:
        self._printer = Printer(sys.stdout)
        self._lock = threading.Lock()
        self._code: int | None = None
        colours = get_colours()
        system = self._writer("system", None)
        self._processes = []
        for process in expand_processes(parse_procfile(procfile).processes, env=environment):
            name = process.name.removesuffix(".1")
            self._printer.width = max(self._printer.width, len(name), len("system"))
            write = self._writer(name, next(colours))
            self._processes.append(Supervised(name, process.cmd, process.env, system, write))

    def _writer(self, name: str, colour: str | None) -> Say:
        def write(line: str) -> None:
            text = line if line.endswith("\n") else f"{line}\n"
            with self._lock:
                self._printer.write(
                    Message(type="line", data=text, time=datetime.now(), name=name, colour=colour)
                )

        return write

    def run(self) -> int:
        """Run until a signal arrives or a process can't start. Returns the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        for process in self._processes:
            process.start()
        while self._code is None:
            for process in self._processes:
                code = process.look_after()
                if code is not None and self._code is None:
                    self._code = code
            time.sleep(0.1)
        self._end()
        return self._code

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        self._code = 128 + number

    def _end(self) -> None:
        for order, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
            for process in self._processes:
                process.signal(order)
            deadline = time.monotonic() + seconds
            while any(process.is_running for process in self._processes) and time.monotonic() < deadline:
                time.sleep(0.05)


def main(arguments: Sequence[str]) -> int:
    """The command line. Returns the exit code."""
    procfile = Path(arguments[0] if arguments else "Procfile").read_text(encoding="utf-8")
    return Supervisor(procfile, dict(os.environ)).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
