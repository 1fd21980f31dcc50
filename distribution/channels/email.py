"""E-mail over SMTP: one connection for many messages."""

import smtplib
from types import TracebackType
from typing import Self
from urllib.parse import urlparse
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from distribution.channels import ChannelError
from distribution.models import Notice


def message_id(notice: UUID) -> str:
    """The Message-ID of a notice: given once, so that a copy sent twice can be recognised."""
    return f"<{notice.hex}@{urlparse(settings.SITE_URL).hostname or 'localhost'}>"


class EmailChannel:
    """Sends notices over one SMTP connection; use it as a context manager.

    Raises ChannelError: permanent only for an answer 5xx to the recipient or the content. A relay that refuses
    the greeting, the sign-in or the sender is ill, and its illness passes.
    """

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, notice: Notice) -> None:
        """Hand one notice over to the mail server."""
        message = self._message(notice)
        try:
            if self._connection is None:
                self._connection = get_connection()
                self._connection.open()
            message.connection = self._connection
            message.send()
        except smtplib.SMTPRecipientsRefused as error:
            self._close()
            code, answer = next(iter(error.recipients.values()))
            raise ChannelError(f"{code} {_readable(answer)}", permanent=code >= 500) from error
        except smtplib.SMTPResponseException as error:
            self._close()
            permanent = error.smtp_code >= 500 and isinstance(error, smtplib.SMTPDataError)
            raise ChannelError(
                f"{error.smtp_code} {_readable(error.smtp_error)}", permanent=permanent
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            self._close()
            raise ChannelError(str(error) or type(error).__name__, permanent=False) from error

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _message(self, notice: Notice) -> EmailMultiAlternatives:
        delivery = notice.delivery
        context = {
            "delivery": delivery,
            "circular": delivery.circular,
            "agency": delivery.answering_unit,
            "closed_unit": delivery.agency if delivery.successor else None,
            "letter_url": settings.SITE_URL + reverse("delivery", args=[delivery.public_id]),
            "inbox_url": settings.SITE_URL + reverse("unit_inbox", args=[delivery.answering_unit.pk]),
        }
        with translation.override("tr"):
            subject = " ".join(render_to_string("distribution/mail/notice_subject.txt", context).split())
            text = render_to_string("distribution/mail/notice.txt", context)
            html = render_to_string("distribution/mail/notice.html", context)
        message = EmailMultiAlternatives(
            subject=subject,
            body=text,
            to=[notice.address],
            headers={"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(html, "text/html")
        return message


def _readable(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
