"""An SMTP server in this process that can be told to refuse, as a relay does whose operator changed something."""

from collections import Counter
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

USER, PASSWORD = "drill", "dogru"

ANSWERS = {
    "relay_refused": "554 5.7.1 Relay access denied",
    "quota_used_up": "452 4.3.1 Daily sending quota exceeded",
}


class Moody:
    """The aiosmtpd handler. `mood` is empty while it accepts everything."""

    def __init__(self, port: int) -> None:
        self.mood = ""
        self.password = PASSWORD
        self.refusals = 0
        self.log_ins = 0
        self.taken: Counter[str] = Counter()
        self.controller = Controller(
            self,
            hostname="127.0.0.1",
            port=port,
            authenticator=self._authenticate,
            auth_require_tls=False,
        )

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        is_right = data.password == self.password.encode()
        self.log_ins += 1
        self.refusals += not is_right
        return AuthResult(success=is_right, handled=False)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.mood:
            self.refusals += 1
            return ANSWERS[self.mood]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content: Any = envelope.content
        self.taken[message_from_bytes(content)["Message-ID"]] += 1
        return "250 OK"
