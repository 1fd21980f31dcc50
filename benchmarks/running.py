"""Start and end the processes that a measure needs."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
Process = subprocess.Popen[bytes]


def start(*arguments: str, environment: dict[str, str] | None = None, log: Path | None = None) -> Process:
    """Start Python with these arguments in a new process group."""
    output = log.open("ab") if log else subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | (environment or {}),
        start_new_session=True,
        stdout=output,
        stderr=output,
    )


def worker(*options: str, environment: dict[str, str] | None = None, log: Path | None = None) -> Process:
    """Start a Celery worker as in the Procfile, with further options."""
    usual = ["--loglevel=error", "--without-gossip", "--without-mingle", *options]
    return start("-m", "celery", "-q", "-A", "config", "worker", *usual, environment=environment, log=log)


def end(process: Process, number: signal.Signals = signal.SIGTERM) -> None:
    """Send the signal to the process group and wait for its end."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    process.wait()


@contextmanager
def mail_server(*arguments: str, module: str = "benchmarks.mail_server") -> Iterator[Process]:
    """Run an SMTP server as a separate process; enters when it is ready."""
    server = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, start_new_session=True, stdout=subprocess.PIPE
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield server
    finally:
        end(server)
