"""Ways out that hand a message to an SMTP server: one connection for many messages."""

import smtplib
from types import TracebackType
from typing import Self

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

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
        mail = EmailMultiAlternatives(
            subject=words.subject,
            body=words.text,
            from_email=self.sender,
            to=[notice.address],
            headers={"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"},
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
            mail.send()
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

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _failure(*, permanent: bool) -> type[PassingFailure] | type[PermanentFailure]:
    return PermanentFailure if permanent else PassingFailure


def _readable(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
