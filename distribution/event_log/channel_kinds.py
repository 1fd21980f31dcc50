"""What leaves by a channel about a delivery, and what comes back."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from distribution.event_log.kind import EventData, Wording
from distribution.event_log.phrases import Actor, after_colon, after_dot, in_brackets, named
from distribution.models import EventKind


@dataclass(frozen=True, kw_only=True)
class NotifiedData(EventData, kind=EventKind.NOTIFIED, icon="mail"):
    """`notice` is the kind of a notice that isn't the letter itself; `told` who got it, if not the recipient."""

    channel: str
    address: str
    message_id: str
    notice: str | None = None
    told: str | None = None

    def wording(self) -> Wording:
        return self.words(after_colon(self.told))


@dataclass(frozen=True, kw_only=True)
class RemindedData(EventData, kind=EventKind.REMINDED, icon="bell"):
    """`actor` is there for a manual reminder."""

    channel: str
    address: str
    message_id: str
    actor: Actor | None = None

    def wording(self) -> Wording:
        return self.words(named(self.actor))


@dataclass(frozen=True, kw_only=True)
class EscalatedData(EventData, kind=EventKind.ESCALATED, icon="alert-triangle"):
    """`told` by a channel, or `nobody_told` and nothing else."""

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
    """`error` in the words of the server; `falls_to` is the channel that takes over."""

    channel: str
    address: str
    error: str
    falls_to: str | None = None

    def wording(self) -> Wording:
        return self.words(error=self.error)


@dataclass(frozen=True, kw_only=True)
class NoticeFailedData(UndeliverableData, kind=EventKind.NOTICE_FAILED, icon="mail-x"):
    pass


@dataclass(frozen=True, kw_only=True)
class BouncedData(UndeliverableData, kind=EventKind.BOUNCED, icon="mail-off"):
    pass


@dataclass(frozen=True, kw_only=True)
class ReportedData(EventData):
    """What a channel reports of a notice. The last four are of KEP evidence; `matched_by` of a match by hand."""

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
