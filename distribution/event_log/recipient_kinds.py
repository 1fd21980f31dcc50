"""Event kinds of the recipient's actions, and of the decisions on its requests."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from distribution.event_log.kind import EventData, FirstData, Wording
from distribution.event_log.phrases import (
    Actor,
    after_dot,
    by_link,
    due_by,
    from_to,
    in_brackets,
    in_place,
    instead_of_returned,
    named,
    quoted,
)
from distribution.models import Act, Disposition, EventKind


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
    """`sha256` is that of the confirmed content; `via` and `address` as in OpenedData.

    `deputy_of_id` is the id of the absent person; events from before December 2026 have the name only.
    """

    actor: Actor
    register_number: str
    sha256: str
    via: str | None = None
    address: str | None = None
    deputy_of_id: int | None = None

    def wording(self) -> Wording:
        return self.words(named(self.actor), by_link(self.via), in_place(self.actor))


@dataclass(frozen=True, kw_only=True)
class CompletedData(EventData, kind=EventKind.COMPLETED, icon="checks"):
    actor: Actor
    disposition: str
    reason: str
    via: str | None = None
    address: str | None = None

    def wording(self) -> Wording:
        answer = in_brackets(str(Disposition(self.disposition).label)) if self.disposition else ""
        return self.words(
            answer, named(self.actor), by_link(self.via), in_place(self.actor), quoted(self.reason)
        )


@dataclass(frozen=True, kw_only=True)
class DocumentAttachedData(EventData, kind=EventKind.DOCUMENT_ATTACHED, icon="paperclip"):
    actor: Actor
    file: str
    sha256: str
    via: str | None = None
    address: str | None = None

    def wording(self) -> Wording:
        return self.words(named(self.actor), by_link(self.via), in_brackets(self.file), in_place(self.actor))


@dataclass(frozen=True, kw_only=True)
class ReturnedData(EventData, kind=EventKind.RETURNED, icon="arrow-back-up"):
    actor: Actor
    ground: str
    reason: str
    via: str | None = None
    address: str | None = None

    def wording(self) -> Wording:
        return self.words(named(self.actor), by_link(self.via), in_place(self.actor), quoted(self.reason))


@dataclass(frozen=True, kw_only=True)
class RegisterChangedData(EventData, kind=EventKind.REGISTER_CHANGED, icon="numbers"):
    """The unit's register number added (`before` is empty), corrected, or removed (`after` is empty)."""

    actor: Actor
    before: str
    after: str

    def wording(self) -> Wording:
        none = _("none")
        return self.words(from_to(self.before or none, self.after or none), after_dot(self.actor.name))


def which(act: str) -> str:
    """The name of the act in brackets."""
    return in_brackets(str(Act(act).label)) if act else ""


@dataclass(frozen=True, kw_only=True)
class TakenBackData(EventData, kind=EventKind.TAKEN_BACK, icon="arrow-back"):
    """An act taken back; `event` is the sequence of the event that recorded the act.

    The register number of a confirmation and the SHA-256 of an answer's documents are kept here. `asked_by` and
    `reason` are set if `actor` of the unit that gave the letter granted it at the unit's request; `via` and
    `address` as in OpenedData.
    """

    actor: Actor
    act: str
    event: int
    register_number: str | None = None
    documents: tuple[str, ...] | None = None
    asked_by: str | None = None
    reason: str | None = None
    via: str | None = None
    address: str | None = None

    def wording(self) -> Wording:
        asked = _("at the request of %(person)s") % {"person": self.asked_by} if self.asked_by else ""
        return self.words(
            which(self.act),
            named(self.actor),
            by_link(self.via),
            in_place(self.actor),
            after_dot(asked),
            quoted(self.reason),
        )


@dataclass(frozen=True, kw_only=True)
class TakeBackAskedData(EventData, kind=EventKind.TAKE_BACK_ASKED, icon="help-circle"):
    actor: Actor
    act: str
    reason: str
    via: str | None = None
    address: str | None = None

    def wording(self) -> Wording:
        act = which(self.act)
        return self.words(
            act, named(self.actor), by_link(self.via), in_place(self.actor), quoted(self.reason)
        )


@dataclass(frozen=True, kw_only=True)
class TakeBackRefusedData(EventData, kind=EventKind.TAKE_BACK_REFUSED, icon="circle-x"):
    actor: Actor
    act: str
    reason: str

    def wording(self) -> Wording:
        return self.words(which(self.act), named(self.actor), quoted(self.reason))


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
    via: str | None = None
    address: str | None = None

    def wording(self) -> Wording:
        return self.words(
            named(self.actor), by_link(self.via), in_place(self.actor), due_by(self.due), quoted(self.reason)
        )


@dataclass(frozen=True, kw_only=True)
class ExtensionGrantedData(EventData, kind=EventKind.EXTENSION_GRANTED, icon="clock-check"):
    """Events from before December 2026 have the new due time as text only."""

    actor: Actor
    due: str
    reason: str
    due_at: datetime | None = None

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
class ReceivedBelowData(FirstData, kind=EventKind.RECEIVED_BELOW, icon="arrow-bar-to-down"):
    """`units` is the unit above. The copy of a new revision has its sender in `by` and no actor.

    `instead_of` is the public id of the returned copy that the unit got the letter instead of.
    """

    units: tuple[str, ...]
    purpose: str
    email: str
    actor: Actor | None = None
    due: str | None = None
    note: str | None = None
    by: str | None = None
    revision: int | None = None
    instead_of: str | None = None

    def wording(self) -> Wording:
        rest = (
            instead_of_returned(self.instead_of),
            in_place(self.actor),
            due_by(self.due),
            quoted(self.note),
        )
        return self.words(named(self.actor), units=self.units, rest=rest)
