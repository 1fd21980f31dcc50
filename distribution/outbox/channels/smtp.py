"""Channels that send through an SMTP server, with one connection for many messages."""

import mimetypes
import smtplib
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from email.header import Header
from email.utils import parseaddr
from functools import lru_cache
from types import TracebackType
from typing import cast
from urllib.parse import urlparse

from django.conf import settings
from django.core.files.base import File
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import MIMEMixin, sanitize_address
from django.utils import timezone
from django.utils.crypto import salted_hmac

from agencies.notation.addresses import AddressRefused, ascii_address, is_same_mailbox
from distribution.models import Notice
from distribution.outbox.channels import BaseChannel, PermanentFailure
from distribution.outbox.channels.smtp_faults import failure_of, fault_of_connection
from distribution.outbox.mail_merge import ADDRESS, MailMerge, placeholder
from distribution.outbox.messages import Message, compose


class SmtpChannel(BaseChannel):
    """Use as a context manager; the connection is opened by the first message and kept open.

    Only a 5xx reply to the recipient or the content is permanent. If the server refuses the greeting, the
    sign-in or the sender, the channel is unavailable (`smtp_faults`).
    """

    sender: str | None = None
    """Sender address; None for the default one."""

    merges = True
    """Whether the mails of a letter are merged from a template form instead of rendered one by one."""

    def __init__(self) -> None:
        self._connection: EmailBackend | None = None
        self._is_fresh = True
        self._merge = MailMerge(self._form)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    @classmethod
    def is_returned(cls, notice: Notice, recipients: Collection[str]) -> bool:
        """A report without recipients refers to the notice's only recipient."""
        return not recipients or any(is_same_mailbox(notice.address, each) for each in recipients)

    def connect(self) -> EmailBackend:
        """The mail backend of this channel's server."""
        return EmailBackend()

    @property
    def from_header(self) -> str:
        return self.sender or settings.DEFAULT_FROM_EMAIL

    def reply_headers(self, notice: Notice) -> dict[str, str]:
        """Where replies go, if not to the sender address."""
        return {}

    def headers(self, notice: Notice) -> dict[str, str]:
        """Where replies go, and what else belongs to this notice alone: a mail made by the mail merge has none."""
        return self.reply_headers(notice)

    def files(self, notice: Notice) -> Sequence[tuple[str, File[bytes]]]:
        """Files attached to a notice, with their names."""
        return []

    def message(self, notice: Notice) -> EmailMultiAlternatives:
        """The mail of a notice, whose text names the attached files."""
        files = self.files(notice)
        words = compose(notice, attached=[name for name, _file in files])
        headers = {"Message-ID": notice.message_id, **self.headers(notice)}
        mail = self._mail(words, to=_reachable(notice), headers=headers)
        for name, file in files:
            with file.open("rb") as content:
                mail.attach(name, content.read(), mimetypes.guess_type(name)[0] or "application/octet-stream")
        return mail

    def content(self, notice: Notice) -> bytes:
        """The encoded mail: ASCII headers, CRLF line endings."""
        merged = self._merge.content(notice, timezone.now()) if self.merges else None
        return merged or bytes_of(self.message(notice))

    def _form(self, notice: Notice, at: datetime) -> bytes:
        headers = {
            "Message-ID": placeholder("id"),
            "Date": placeholder("date"),
            **self.reply_headers(notice),
        }
        return bytes_of(self._mail(compose(notice, with_placeholders=True), to=ADDRESS, headers=headers))

    def _mail(self, words: Message, *, to: str, headers: dict[str, str]) -> EmailMultiAlternatives:
        mail = EmailMultiAlternatives(
            subject=_encoded(words.subject),
            body=words.text,
            from_email=parseaddr(self.from_header)[1],
            to=[to],
            headers={
                "From": _encoded_address(self.from_header),
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "OOF, AutoReply",
                "List-Id": f"<bildirim.{urlparse(settings.SITE_URL).hostname or 'localhost'}>",
                **headers,
            },
        )
        mail.attach_alternative(words.html, "text/html")
        return mail

    def send(self, notice: Notice) -> None:
        """Send one notice. Raises TemporaryFailure, ChannelUnavailable or PermanentFailure."""
        if not notice.address:
            raise PermanentFailure("The notice names no address.")
        self._send(_reachable(notice), self.content(notice))

    def send_trial(self, notice: Notice, *, mark: str) -> None:
        """Send a notice that isn't stored, its subject begun with the mark. Raises as `send` does."""
        words = compose(notice)
        words = replace(words, subject=f"{mark} {words.subject}")
        headers = {"Message-ID": notice.message_id, **self.reply_headers(notice)}
        with self:
            self._send(
                _reachable(notice), bytes_of(self._mail(words, to=_reachable(notice), headers=headers))
            )

    def _send(self, address: str, content: bytes) -> None:
        smtp = self._open()
        try:
            smtp.sendmail(_envelope(self.from_header), [address], content)
        except (OSError, smtplib.SMTPException) as error:
            self._close()
            raise failure_of(error, is_first=self._is_fresh) from error
        self._is_fresh = False

    def try_connection(self) -> None:
        """Connect and sign in. Raises ChannelUnavailable."""
        self._open()

    def _open(self) -> smtplib.SMTP:
        if self._connection is None:
            connection = self.connect()
            try:
                connection.open()
                cast(smtplib.SMTP, connection.connection).ehlo_or_helo_if_needed()
            except (OSError, smtplib.SMTPException, UnicodeError) as error:
                connection.close()
                raise fault_of_connection(error) from error
            self._connection, self._is_fresh = connection, True
        return cast(smtplib.SMTP, self._connection.connection)

    @classmethod
    def configuration(cls) -> str:
        """Digest of the server, the account and the sender address."""
        backend = cls().connect()
        parts = [backend.host, backend.port, backend.username, backend.password]
        parts += [backend.use_tls, backend.use_ssl, cls().from_header]
        return salted_hmac("distribution.channel", repr(parts), algorithm="sha256").hexdigest()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


@lru_cache(maxsize=256)
def _encoded(words: str) -> str:
    """An encoded header value, cached: encoding a subject takes longer than rendering, and many mails share one."""
    return words if words.isascii() else Header(words, "utf-8").encode().replace("\n", "")


@lru_cache(maxsize=16)
def _encoded_address(address: str) -> str:
    return sanitize_address(address, "utf-8")


def _envelope(address: str) -> str:
    """The bare envelope address, its domain encoded in ASCII."""
    return parseaddr(_encoded_address(address))[1]


def _reachable(notice: Notice) -> str:
    """The notice's address in the normal form, its domain in ASCII. Raises PermanentFailure if there is none."""
    try:
        return ascii_address(notice.address)
    except AddressRefused as refused:
        raise PermanentFailure(f"{notice.address}: {refused.message}") from refused


def bytes_of(mail: EmailMultiAlternatives) -> bytes:
    """The mail as it leaves, with the line ends of SMTP."""
    return cast(MIMEMixin, mail.message()).as_bytes(linesep="\r\n")
