"""SMTP server for development that stores every mail as a file and delivers none."""

import signal
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper


class StoringHandler:
    """Writes each mail to the folder as .eml and prints one line about it."""

    def __init__(self, folder: Path, out: OutputWrapper) -> None:
        self.folder = folder
        self.out = out
        self.count = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Write to a temporary file and rename it, so that no partial file appears."""
        content = envelope.original_content or b""
        self.count += 1
        name = f"{datetime.now():%Y%m%d-%H%M%S-%f}-{self.count:05}"
        begun = self.folder / f"{name}.part"
        begun.write_bytes(content)
        begun.rename(self.folder / f"{name}.eml")
        subject = message_from_bytes(content, policy=default)["subject"]
        self.out.write(f"{', '.join(envelope.rcpt_tos)}: {subject}")
        self.out.flush()
        return "250 Kept"


class Command(BaseCommand):
    help = "Listens on the address in EMAIL_URL and stores every mail as a file. Stop with Ctrl-C."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until SIGTERM or SIGINT."""
        folder = settings.MAIL_CATCHER_DIR
        folder.mkdir(parents=True, exist_ok=True)
        host, port = settings.EMAIL_HOST, settings.EMAIL_PORT
        ended = Event()

        def end(number: int, frame: FrameType | None) -> None:
            ended.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        controller = Controller(StoringHandler(folder, self.stdout), hostname=host, port=port)
        try:
            controller.start()
        except OSError as error:
            controller.loop.close()  # else the garbage collector does, with a traceback in the output
            raise CommandError(
                f"Mails can't be caught on {host}:{port} ({error.strerror or error}). Is the port taken? "
                "EMAIL_URL=smtp://127.0.0.1:OTHER chooses another one."
            ) from error
        self.stdout.write(f"Catching mails on {host}:{port}, kept in {folder}")
        self.stdout.flush()
        while not ended.wait(0.5):
            pass
        controller.stop()
