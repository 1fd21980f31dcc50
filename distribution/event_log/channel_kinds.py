"""Event kinds for outgoing messages and for what the channels report."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from agencies.models.contact_details.channel import channel_label
from distribution.event_log.kind import EventData, Wording
from distribution.event_log.phrases import Actor, after_colon, after_dot, in_brackets, named
from distribution.models import EventKind, NoticeKind


@dataclass(frozen=True, kw_only=True)
class NotifiedData(EventData, kind=EventKind.NOTIFIED, icon="mail"):
    """`notice` is the kind of a notice other than the letter itself; `told` its reader if not the recipient."""

    channel: str
    address: str
    message_id: str
    notice: str | None = None
    told: str | None = None

    def wording(self) -> Wording:
        if self.notice in (NoticeKind.ADDRESS_ASKED, NoticeKind.ADDRESS_DECIDED):
            return Wording(str(NoticeKind(self.notice).label) + after_colon(self.told))
        return self.words(after_colon(self.told))


@dataclass(frozen=True, kw_only=True)
class RemindedData(EventData, kind=EventKind.REMINDED, icon="bell"):
    """`actor` is set for a manual reminder only."""

    channel: str
    address: str
    message_id: str
    actor: Actor | None = None

    def wording(self) -> Wording:
        return self.words(named(self.actor))


@dataclass(frozen=True, kw_only=True)
class EscalatedData(EventData, kind=EventKind.ESCALATED, icon="alert-triangle"):
    """Either the channel fields and `told`, or only `nobody_told`."""

    channel: str | None = None
    address: str | None = None
    message_id: str | None = None
    told: str | None = None
    no_unit_above: bool | None = None
    nobody_told: bool | None = None

    def wording(self) -> Wording:
        alone = in_brackets(_("no unit stands above the recipient")) if self.no_unit_above else ""
        nobody = after_colon(_("nobody could be told")) if self.nobody_told else ""
        return self.words(after_colon(self.told), alone, nobody)


@dataclass(frozen=True, kw_only=True)
class CodeSentData(EventData, kind=EventKind.CODE_SENT, icon="key"):
    channel: str
    address: str
    message_id: str

    def wording(self) -> Wording:
        return self.words(after_colon(self.address))


@dataclass(frozen=True, kw_only=True)
class UndeliverableData(EventData):
    """`error` is the server's own text; `falls_to` the channel that takes over.

    `notice` is the kind of a notice other than the letter itself. Events from before November 2026 have no
    `message_id`, and those from before December 2026 no `notice`.
    """

    channel: str
    address: str
    error: str
    falls_to: str | None = None
    message_id: str | None = None
    notice: str | None = None

    def wording(self) -> Wording:
        """A question for an address went to a person, whose own address the server's text may contain."""
        if self.notice == NoticeKind.ADDRESS_ASKED:
            return Wording(_("The question for another address could not be sent"))
        kind = NoticeKind(self.notice).label if self.notice in NoticeKind.values else ""
        return self.words(in_brackets(str(kind)), error=self.error)


@dataclass(frozen=True, kw_only=True)
class NoticeFailedData(UndeliverableData, kind=EventKind.NOTICE_FAILED, icon="mail-x"):
    pass


@dataclass(frozen=True, kw_only=True)
class BouncedData(UndeliverableData, kind=EventKind.BOUNCED, icon="mail-off"):
    pass


@dataclass(frozen=True, kw_only=True)
class DeferredData(UndeliverableData, kind=EventKind.DEFERRED, icon="mail-pause"):
    """The recipient's server could not store the message for now, for example in a full mailbox."""


@dataclass(frozen=True, kw_only=True)
class SentAnotherWayData(EventData, kind=EventKind.SENT_ANOTHER_WAY, icon="route"):
    """The sender had a waiting notice sent by another channel. `notice` is a kind other than the letter itself."""

    actor: Actor
    channel: str
    """The channel that stood still."""

    other: str
    address: str
    notice: str | None = None

    def wording(self) -> Wording:
        kind = NoticeKind(self.notice).label if self.notice in NoticeKind.values else ""
        way = f"{channel_label(self.channel)} → {channel_label(self.other)} ({self.address})"
        return self.words(in_brackets(str(kind)), named(self.actor), after_dot(way))


@dataclass(frozen=True, kw_only=True)
class MailAnswerData(EventData, kind=EventKind.MAIL_ANSWER, icon="paperclip"):
    """A person's reply to a notice, which the issuer keeps with the answer. It confirms nothing."""

    actor: Actor
    address: str
    file: str
    sha256: str

    def wording(self) -> Wording:
        return self.words(after_colon(self.address))


@dataclass(frozen=True, kw_only=True)
class ReportedData(EventData):
    """A report about a notice. The last four fields are set for KEP evidence, `matched_by` if matched by a user."""

    channel: str
    address: str
    evidence: str | None = None
    code: int | None = None
    provider: str | None = None
    matched_by: str | None = None

    def wording(self) -> Wording:
        shown = {"code": self.code, "provider": self.provider}
        return self.words(after_dot(_("KEP evidence %(code)s %(provider)s") % shown) if self.code else "")


@dataclass(frozen=True, kw_only=True)
class ReachedData(ReportedData, kind=EventKind.REACHED, icon="mailbox"):
    pass


@dataclass(frozen=True, kw_only=True)
class RelayedData(ReportedData, kind=EventKind.RELAYED, icon="mail-forward"):
    pass


@dataclass(frozen=True, kw_only=True)
class ReadInMailboxData(ReportedData, kind=EventKind.READ_IN_MAILBOX, icon="eye"):
    pass
