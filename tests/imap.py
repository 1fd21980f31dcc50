"""A real IMAP server on loopback, for as long as a test needs it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from imap_tools import MailBoxUnencrypted

from tests.smtp import free_port

USER, PASSWORD = "donen", "sinama-parolasi"


class ImapServer:
    """pymap with an empty INBOX; `put` delivers a mail, `unseen` counts what nobody has read."""

    def __init__(self, port: int) -> None:
        self.port = port

    def box(self) -> MailBoxUnencrypted:
        server = MailBoxUnencrypted("127.0.0.1", self.port, timeout=10)
        server.login(USER, PASSWORD, "INBOX")
        return server

    def put(self, *mails: bytes) -> None:
        with self.box() as box:
            for mail in mails:
                box.append(mail, "INBOX")

    def unseen(self) -> int:
        with self.box() as box:
            return len(box.uids("UNSEEN", charset=None))


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    """Start the server, wait until it answers, stop it."""
    port = free_port()
    command = Path(sys.executable).with_name("pymap")
    arguments = ["--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict"]
    process = subprocess.Popen(
        [command, *arguments, "--demo-user", USER, "--demo-password", PASSWORD],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = ImapServer(port)
    try:
        for _ in range(100):
            with suppress(OSError), server.box():
                break
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait(10)
