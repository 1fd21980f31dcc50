"""Event kinds of the recipient's actions, and of the decisions on its requests."""

from dataclasses import dataclass

from distribution.event_log.kind import EventData, Wording
from distribution.event_log.phrases import (
    Actor,
    by_link,
    due_by,
    in_brackets,
    in_place,
    named,
    quoted,
)
from distribution.models import Disposition, EventKind


@dataclass(frozen=True, kw_only=True)
class OpenedData(EventData, kind=EventKind.OPENED, icon="mail-opened"):
    """`via` and `address` (the mailbox) are set for a person without an account."""

    actor: Actor
    via: str | None = None
    address: str | None = None

    def wording(self) -> Wording:
        return self.words(named(self.actor), by_link(self.via), in_place(self.actor))


@dataclass(frozen=True, kw_only=True)
class DownloadedData(EventData, kind=EventKind.DOWNLOADED, icon="download"):
    actor: Actor
    file: str
    sha256: str

    def wording(self) -> Wording:
        return self.words(named(self.actor), in_brackets(self.file))


@dataclass(frozen=True, kw_only=True)
class AcknowledgedData(EventData, kind=EventKind.ACKNOWLEDGED, icon="circle-check"):
    """`sha256` is that of the confirmed content; `via` and `address` as in OpenedData."""

    actor: Actor
    register_number: str
    sha256: str
    via: str | None = None
    address: str | None = None

    def wording(self) -> Wording:
        return self.words(named(self.actor), by_link(self.via), in_place(self.actor))


@dataclass(frozen=True, kw_only=True)
class CompletedData(EventData, kind=EventKind.COMPLETED, icon="checks"):
    actor: Actor
    disposition: str
    reason: str

    def wording(self) -> Wording:
        answer = in_brackets(str(Disposition(self.disposition).label)) if self.disposition else ""
        return self.words(answer, named(self.actor), in_place(self.actor), quoted(self.reason))


@dataclass(frozen=True, kw_only=True)
class DocumentAttachedData(EventData, kind=EventKind.DOCUMENT_ATTACHED, icon="paperclip"):
    actor: Actor
    file: str
    sha256: str

    def wording(self) -> Wording:
        return self.words(named(self.actor), in_brackets(self.file), in_place(self.actor))


@dataclass(frozen=True, kw_only=True)
class ReturnedData(EventData, kind=EventKind.RETURNED, icon="arrow-back-up"):
    actor: Actor
    ground: str
    reason: str

    def wording(self) -> Wording:
        return self.words(named(self.actor), in_place(self.actor), quoted(self.reason))


@dataclass(frozen=True, kw_only=True)
class ObjectedData(EventData, kind=EventKind.OBJECTED, icon="message-2-x"):
    """`confirmation` and `answer` say which milestones, recorded by the sender, are unset again.

    `via` and `address` as in OpenedData.
    """

    actor: Actor
    reason: str
    confirmation: bool
    answer: bool
    via: str | None = None
    address: str | None = None

    def wording(self) -> Wording:
        by = (named(self.actor), by_link(self.via), in_place(self.actor))
        return self.words(*by, quoted(self.reason))


@dataclass(frozen=True, kw_only=True)
class ExtensionAskedData(EventData, kind=EventKind.EXTENSION_ASKED, icon="clock-question"):
    actor: Actor
    due: str
    reason: str

    def wording(self) -> Wording:
        return self.words(named(self.actor), in_place(self.actor), due_by(self.due), quoted(self.reason))


@dataclass(frozen=True, kw_only=True)
class ExtensionGrantedData(EventData, kind=EventKind.EXTENSION_GRANTED, icon="clock-check"):
    actor: Actor
    due: str
    reason: str

    def wording(self) -> Wording:
        return self.words(named(self.actor), due_by(self.due), quoted(self.reason))


@dataclass(frozen=True, kw_only=True)
class ExtensionRefusedData(EventData, kind=EventKind.EXTENSION_REFUSED, icon="clock-x"):
    actor: Actor
    reason: str

    def wording(self) -> Wording:
        return self.words(named(self.actor), quoted(self.reason))


@dataclass(frozen=True, kw_only=True)
class PassedOnData(EventData, kind=EventKind.PASSED_ON, icon="share"):
    """`units` received copies below this one."""

    actor: Actor
    units: tuple[str, ...]
    due: str | None = None
    note: str | None = None

    def wording(self) -> Wording:
        rest = (in_place(self.actor), due_by(self.due), quoted(self.note))
        return self.words(named(self.actor), units=self.units, rest=rest)


@dataclass(frozen=True, kw_only=True)
class ReceivedBelowData(EventData, kind=EventKind.RECEIVED_BELOW, icon="arrow-bar-to-down"):
    """`units` is the unit above. The copy of a new revision has its sender in `by` and no actor."""

    units: tuple[str, ...]
    purpose: str
    email: str
    actor: Actor | None = None
    due: str | None = None
    note: str | None = None
    by: str | None = None
    revision: int | None = None

    def wording(self) -> Wording:
        rest = (in_place(self.actor), due_by(self.due), quoted(self.note))
        return self.words(named(self.actor), units=self.units, rest=rest)
