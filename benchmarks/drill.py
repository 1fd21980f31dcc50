"""`make drill`: break things while 266 notices leave, and count what was lost.

Real PostgreSQL, Redis, SMTP and Celery workers. Each fault prints one line:
`drill NAME injected N lost N duplicated N`. Lost are notices whose mail never came or that don't say so;
a duplicate is a mail that came twice under the same Message-ID.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any

import django
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
PORT = int(os.environ.get("DRILL_SMTP_PORT", "18025"))


class Counting:
    """An SMTP server that counts each Message-ID and refuses every nth mail for the time being."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.refuse_every = 0
        self.refused = 0
        self.offered = 0
        self.delay = 0.0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.offered += 1
        await asyncio.sleep(self.delay)
        if self.refuse_every and self.offered % self.refuse_every == 0:
            self.refused += 1
            return "451 Try again later"
        content: Any = envelope.content
        self.seen[message_from_bytes(content)["Message-ID"]] += 1
        return "250 OK"


def start_worker() -> subprocess.Popen[bytes]:
    """A Celery worker of the product in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-q", "-A", "config", "worker", "--concurrency=2", "--loglevel=error",
         "--without-gossip", "--without-mingle"],
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


def kill(worker: "subprocess.Popen[bytes]") -> None:
    """SIGKILL to the worker and its children."""
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def main() -> int:
    """Run every fault; 1 if anything was lost."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{PORT}"
    django.setup()
    call_command("migrate", verbosity=0)
    from benchmarks.faults import Faults

    server = Counting()
    controller = Controller(server, hostname="127.0.0.1", port=PORT)
    controller.start()
    try:
        faults = Faults(server, start_worker, kill)
        lost = sum(run(fault) for fault in faults.all())
    finally:
        controller.stop()
    return 1 if lost else 0


def run(fault: Callable[[], tuple[str, int, int, int]]) -> int:
    """Print the fault's line; returns what was lost."""
    begin = time.monotonic()
    name, injected, lost, duplicated = fault()
    print(f"drill {name} injected {injected} lost {lost} duplicated {duplicated}", flush=True)
    print(f"  ({time.monotonic() - begin:.0f} s)", file=sys.stderr)
    return lost


if __name__ == "__main__":
    sys.exit(main())
