"""Ways out that hand a message to an SMTP server: one connection for many messages."""

import smtplib
from email.header import Header
from email.utils import parseaddr
from functools import lru_cache
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address

from distribution.channels import PassingFailure, PermanentFailure
from distribution.messages import compose
from distribution.models import Notice


class SmtpChannel:
    """Use it as a context manager; the connection opens with the first message and stays open.

    Permanent is only an answer 5xx to the recipient or the content. A server that refuses the greeting, the
    sign-in or the sender is ill, and its illness passes.
    """

    sender: str | None = None
    """The address that the mail comes from; None for the product's usual one."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def connect(self) -> BaseEmailBackend:
        """The backend that reaches this channel's server."""
        return get_connection()

    def message(self, notice: Notice) -> EmailMultiAlternatives:
        """The mail of a notice."""
        words = compose(notice)
        sender = self.sender or settings.DEFAULT_FROM_EMAIL
        mail = EmailMultiAlternatives(
            subject=_encoded(words.subject),
            body=words.text,
            from_email=parseaddr(sender)[1],
            to=[notice.address],
            headers={
                "From": _encoded_address(sender),
                "Message-ID": notice.message_id,
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(words.html, "text/html")
        return mail

    def send(self, notice: Notice) -> None:
        """Hand one notice over to the mail server. Raises PassingFailure or PermanentFailure."""
        mail = self.message(notice)
        try:
            if self._connection is None:
                self._connection = self.connect()
                self._connection.open()
            mail.connection = self._connection
            sent = mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            self._close()
            code, answer = next(iter(error.recipients.values()))
            raise _failure(permanent=code >= 500)(f"{code} {_readable(answer)}") from error
        except smtplib.SMTPResponseException as error:
            self._close()
            permanent = error.smtp_code >= 500 and isinstance(error, smtplib.SMTPDataError)
            raise _failure(permanent=permanent)(f"{error.smtp_code} {_readable(error.smtp_error)}") from error
        except (OSError, smtplib.SMTPException) as error:
            self._close()
            raise PassingFailure(str(error) or type(error).__name__) from error
        if not sent:
            raise PermanentFailure("The notice names no address.")

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


@lru_cache(maxsize=256)
def _encoded(words: str) -> str:
    """A header's words in ASCII. To encode a subject takes longer than to write the mail, and many mails share one."""
    return words if words.isascii() else Header(words, "utf-8").encode().replace("\n", "")


@lru_cache(maxsize=16)
def _encoded_address(address: str) -> str:
    return sanitize_address(address, "utf-8")


def _failure(*, permanent: bool) -> type[PassingFailure] | type[PermanentFailure]:
    return PermanentFailure if permanent else PassingFailure


def _readable(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
