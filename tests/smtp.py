"""A real SMTP server on loopback that keeps what it is given and fails when told to."""

from asyncio import sleep
from email import message_from_bytes, policy
from email.message import EmailMessage
from socket import socket
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


def free_port() -> int:
    """A TCP port on loopback that nobody listens on."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postbox:
    """The server's handler. `answer` is said to every recipient instead of accepting it, while it is set.

    `answers` has the same for single recipients. `fails_at` names the command that is refused. While `waits` is
    set, no recipient is answered.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.connections = 0
        self.answer: str | None = None
        self.answers: dict[str, str] = {}
        self.fails_at = ""
        self.refused = 0
        self.waits = False
        self.password = "dogru-parola"
        self.logins = 0
        self.controller = Controller(
            self,
            hostname="127.0.0.1",
            port=free_port(),
            authenticator=self._authenticate,
            auth_require_tls=False,
        )

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        self.logins += 1
        return AuthResult(success=data.password == self.password.encode(), handled=False)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: Any
    ) -> Any:
        self.connections += 1
        session.host_name = hostname
        self.refused += self.fails_at == "greeting"
        return ["550 Out of order"] if self.fails_at == "greeting" else responses

    async def handle_HELO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str) -> str:
        session.host_name = hostname
        return "550 Out of order" if self.fails_at == "greeting" else "250 OK"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.fails_at == "MAIL":
            self.refused += 1
            return "550 Sender not known here"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        while self.waits:
            await sleep(0.05)
        if answer := self.answers.get(address, self.answer):
            self.refused += 1
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = cast(bytes, envelope.content)
        self.mails.append(cast(EmailMessage, message_from_bytes(content, policy=policy.default)))
        return "250 OK"

    def to(self, address: str) -> EmailMessage:
        """The one mail to this address."""
        (mail,) = [mail for mail in self.mails if mail["To"] == address]
        return mail

    def start(self) -> int:
        """Listen; returns the port."""
        self.controller.start()
        return int(self.controller.port)

    def stop(self) -> None:
        self.controller.stop()
