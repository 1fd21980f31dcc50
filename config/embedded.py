"""A private PostgreSQL and a private Redis in `.local/`, for a machine that has neither.

    python -m config.embedded [--data DIR] [--fast] -- COMMAND ...   run COMMAND with both servers up
    python -m config.embedded [--data DIR] --erase                   delete their data; refused while in use

DATABASE_URL and REDIS_URL take precedence: a server that they name is neither started nor stopped.
`config/servers.py` describes the lifecycle of a server.
"""

import argparse
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

from config.processes import children, end_orphans
from config.servers import LOCAL, EmbeddedError, Postgres, Redis, Server, broker_url, database_url, redis_url

__all__ = ["LOCAL", "EmbeddedError", "broker_url", "database_url", "redis_url", "services"]

PR_SET_CHILD_SUBREAPER = 36


@contextmanager
def services(*, redis: bool = True, data_dir: Path = LOCAL, fast: bool = False) -> Iterator[list[int]]:
    """Run the servers that the environment does not name, and set their URLs for this process and its children.

    Yields the descriptors of the locks; a child that inherits them keeps the servers running. `fast` disables
    durability, for disposable data.
    """
    servers: list[Server] = [Postgres(data_dir, fast=fast)]
    if redis:
        servers.append(Redis(data_dir, fast=fast))
    with ExitStack() as stack:
        locks = []
        for server in servers:
            if os.environ.get(server.variable) or os.environ.get(f"{server.variable}_FILE"):
                continue
            locks.append(stack.enter_context(server.running()))
            os.environ[server.variable] = server.url
            stack.callback(os.environ.pop, server.variable, None)
        yield locks


class Command:
    """A command run as a child process: signals are forwarded to it, and its descendants are ended with it."""

    def __init__(self) -> None:
        self.child: subprocess.Popen[bytes] | None = None
        self.received: list[int] = []
        # A terminal sends Ctrl-C to its whole foreground group. Elsewhere the child gets its own group, and we
        # forward each signal once.
        self.shares_terminal = sys.stdin is not None and sys.stdin.isatty()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # respect nohup
            signal.signal(number, self._pass_on)

    def _pass_on(self, number: int, _frame: FrameType | None = None) -> None:
        self.received.append(number)
        if self.child is None:
            return
        if self.shares_terminal:
            if number != signal.SIGINT:
                self.child.terminate()
            return
        with suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGTERM if number == signal.SIGHUP else number)

    def run(self, command: Sequence[str], keep: Sequence[int]) -> int:
        """Run it and wait. Returns its exit code, or 128 plus the signal that ended it."""
        if self.received:
            return 128 + self.received[-1]
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans become our children
        ours = set(children())
        group = None if self.shares_terminal else 0
        try:
            self.child = subprocess.Popen(command, pass_fds=keep, process_group=group)
        except OSError as error:
            print(f"{command[0]} cannot be run: {error.strerror}.", file=sys.stderr)
            return 127
        for number in self.received:
            self._pass_on(number)
        code = self.child.wait()
        self.child = None
        end_orphans(ours)
        return 128 - code if code < 0 else code


def _erase(data_dir: Path) -> int:
    for server in (Redis(data_dir), Postgres(data_dir)):
        if not server.erase():
            print(f"{server.title} in {server.folder} is in use. Stop `make run` first.", file=sys.stderr)
            return 1
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code."""
    description = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=description)
    parser.add_argument("--data", type=Path, default=LOCAL, help="data folder of the servers (.local)")
    parser.add_argument("--fast", action="store_true", help="disable durability, for tests")
    parser.add_argument("--erase", action="store_true", help="delete the servers' data and exit")
    parser.add_argument("command", nargs="*", help="after --, the command to run")
    given = parser.parse_args(arguments)
    if given.erase:
        return _erase(given.data)
    if not given.command:
        parser.error("nothing to run: give a command after --")
    command = Command()
    try:
        with services(data_dir=given.data, fast=given.fast) as locks:
            return command.run(given.command, locks)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
