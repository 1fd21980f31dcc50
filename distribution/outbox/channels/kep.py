"""Registered e-mail (KEP): sent through the configured account; the provider's evidence reports delivery."""

from collections.abc import Iterator

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from limits import RateLimitItem

from agencies.models.contact_details.channel import Channel
from distribution.models import Delivery, Notice, NoticeKind
from distribution.outbox.channels import PermanentFailure
from distribution.outbox.channels.smtp import SmtpChannel
from distribution.queries.attachments import enclosed

ROOM_FOR_FILES = 10 * 1024 * 1024
"""Bytes that every KEP provider accepts in one message. Files grow when encoded in a mail."""

GROWTH = 78 / 57
"""Base64: 57 bytes become one line of 76 characters and a line ending."""


class KepChannel(SmtpChannel):
    """The account of KEP_URL, with the sender address KEP_FROM.

    The letter's files are attached if they fit, so that the evidence covers them. Letters for official use only
    are never attached and are read after signing in, as with e-mail.
    """

    code = Channel.KEP
    label = _("KEP")
    column = "kep_address"
    address_wanted = _("The unit has no KEP address. Give one above, or choose another channel.")
    merges = False

    def __init__(self) -> None:
        super().__init__()
        self.sender = settings.KEP_FROM or settings.DEFAULT_FROM_EMAIL

    @classmethod
    def is_open(cls) -> bool:
        """Whether KEP_URL is configured."""
        return settings.KEP_SERVER is not None

    @classmethod
    def rate(cls) -> RateLimitItem | None:
        """KEP_RATE."""
        rate: RateLimitItem | None = settings.KEP_RATE
        return rate

    @classmethod
    def words_when_first(cls, count: int) -> str:
        return ngettext(
            "%(number)s recipient is told by KEP.", "%(number)s recipients are told by KEP.", count
        ) % {"number": count}

    @classmethod
    def words_when_closed(cls, count: int) -> str:
        return ngettext(
            "%(number)s recipient has a KEP address but no e-mail address to use, and no KEP account is set up"
            " here. It gets no notice; the letter waits in its inbox.",
            "%(number)s recipients have a KEP address but no e-mail address to use, and no KEP account is set up"
            " here. They get no notice; the letter waits in their inbox.",
            count,
        ) % {"number": count}

    def connect(self) -> EmailBackend:
        """The KEP provider's server. Raises PermanentFailure if no account is set up any more: e-mail takes over."""
        server = settings.KEP_SERVER
        if server is None:
            raise PermanentFailure("No KEP account is set up.")
        return EmailBackend(
            host=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.starttls,
            use_ssl=server.tls,
        )

    @classmethod
    def configuration(cls) -> str:
        """As for mail; empty without an account."""
        return super().configuration() if cls.is_open() else ""

    def files(self, notice: Notice) -> list[tuple[str, FieldFile]]:
        """All files of the letter if they fit together, otherwise none."""
        if notice.kind != NoticeKind.LETTER or notice.delivery is None:
            return []
        files = list(files_of(notice.delivery))
        return files if sum(file.size for _name, file in files) * GROWTH <= ROOM_FOR_FILES else []


def files_of(delivery: Delivery) -> Iterator[tuple[str, FieldFile]]:
    """The letter and the recipient's attachments with their names; none for a letter for official use only."""
    circular = delivery.circular
    if circular.secrecy:
        return
    if circular.source_file:
        yield circular.source_name, circular.source_file
    for attachment in enclosed(delivery):
        if attachment.file:
            yield attachment.file_name, attachment.file
