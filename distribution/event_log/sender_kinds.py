"""Event kinds of the sender's actions."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from distribution.event_log.kind import EventData, FirstData, Wording
from distribution.event_log.phrases import (
    Actor,
    after_dot,
    as_deputy,
    due_by,
    from_to,
    in_brackets,
    instead_of_returned,
    named,
    quoted,
)
from distribution.models import Disposition, EventKind, SaidThrough
from distribution.models.json_record import stored_as


@dataclass(frozen=True, kw_only=True)
class DispatchedData(FirstData, kind=EventKind.DISPATCHED, icon="send"):
    """`recipients` is the number of copies sent with this one, itself included."""

    by: str
    purpose: str
    email: str
    as_deputy_of: str | None = None
    revision: int | None = None
    unapproved: str | None = None
    """The address that the unit was told at if nobody had approved it, and by whom it was set."""
    address_set_by: str | None = None
    recipients: int | None = None

    def wording(self) -> Wording:
        told = ""
        if self.unapproved:
            words = _("to the address %(address)s, not approved yet, set by %(person)s")
            told = in_brackets(words % {"address": self.unapproved, "person": self.address_set_by})
        return self.words(as_deputy(self.as_deputy_of), told)


@dataclass(frozen=True, kw_only=True)
class AddedData(FirstData, kind=EventKind.ADDED, icon="user-plus"):
    """`instead_of` is the public id of the returned copy that the unit got the letter instead of.

    Neither unit is named to the other.
    """

    actor: Actor
    purpose: str
    email: str
    due: str | None = None
    instead_of: str | None = None

    def wording(self) -> Wording:
        return self.words(instead_of_returned(self.instead_of), named(self.actor), due_by(self.due))


@dataclass(frozen=True, kw_only=True)
class SentAgainData(EventData, kind=EventKind.SENT_AGAIN, icon="send"):
    """The giver of a returned copy sent it to the same unit again; the copy is no longer returned."""

    actor: Actor
    reason: str

    def wording(self) -> Wording:
        return self.words(named(self.actor), quoted(self.reason))


@dataclass(frozen=True, kw_only=True)
class SentInsteadData(EventData, kind=EventKind.SENT_INSTEAD, icon="arrow-right-circle"):
    """`instead` is the public id of the other unit's copy. The other unit isn't named."""

    actor: Actor
    instead: str

    def wording(self) -> Wording:
        return self.words(named(self.actor))


@dataclass(frozen=True, kw_only=True)
class ReturnAcceptedData(EventData, kind=EventKind.RETURN_ACCEPTED, icon="circle-check"):
    actor: Actor

    def wording(self) -> Wording:
        return self.words(named(self.actor))


@dataclass(frozen=True, kw_only=True)
class ClosedBySenderData(EventData):
    """A copy closed by its sender: with the whole letter, or alone."""

    actor: Actor
    reason: str

    def wording(self) -> Wording:
        return self.words(named(self.actor), quoted(self.reason))


@dataclass(frozen=True, kw_only=True)
class WithdrawnData(ClosedBySenderData, kind=EventKind.WITHDRAWN, icon="ban"):
    pass


@dataclass(frozen=True, kw_only=True)
class RemovedData(ClosedBySenderData, kind=EventKind.REMOVED, icon="user-minus"):
    pass


@dataclass(frozen=True, kw_only=True)
class DueChangedData(EventData, kind=EventKind.DUE_CHANGED, icon="calendar-time"):
    """`before` is the former due time and `due_at` the new one; events from before December 2026 lack both."""

    actor: Actor
    due: str
    before: str | None = None
    reason: str | None = None
    due_at: datetime | None = None

    def wording(self) -> Wording:
        former = in_brackets(_("before: %(due)s") % {"due": self.before}) if self.before else ""
        return self.words(named(self.actor), due_by(self.due), former, quoted(self.reason))


@dataclass(frozen=True, kw_only=True)
class CorrectedData(EventData, kind=EventKind.CORRECTED, icon="replace"):
    """`covered_by` is the public id of the copy of the new revision."""

    actor: Actor
    revision: int
    reason: str
    covered_by: str

    def wording(self) -> Wording:
        return self.words(named(self.actor), quoted(self.reason))


@dataclass(frozen=True, kw_only=True)
class LinkRevokedData(EventData, kind=EventKind.LINK_REVOKED, icon="link-off"):
    actor: Actor
    reason: str

    def wording(self) -> Wording:
        return self.words(named(self.actor), quoted(self.reason))


@dataclass(frozen=True, kw_only=True)
class HandedOverData(EventData, kind=EventKind.HANDED_OVER, icon="hand-finger"):
    """A handover on paper. `handed_on` is the day as formatted text, `sha256` that of the proof."""

    actor: Actor
    channel: str
    method: str
    handed_on: str
    received_by: str
    reference: str
    file: str
    sha256: str

    def wording(self) -> Wording:
        received = ""
        if self.received_by:
            taken = _("received by %(name)s") % {"name": self.received_by}
            received = after_dot(self.handed_on) + after_dot(taken)
        return self.words(named(self.actor), in_brackets(self.file), received)


@dataclass(frozen=True, kw_only=True)
class RecordedOnBehalfData(EventData, kind=EventKind.RECORDED_ON_BEHALF, icon="message-2-check"):
    """What the unit told the sender at `said_at`; `confirms` and `disposition` say which milestones it sets."""

    actor: Actor
    confirms: bool
    said_through: str
    said_by: str
    said_by_title: str
    said_at: datetime | None = None
    disposition: str | None = None
    answer: str | None = None
    register_number: str | None = None
    note: str | None = None
    file: str | None = None
    sha256: str | None = None

    def wording(self) -> Wording:
        how = str(dict(SaidThrough.choices).get(self.said_through, ""))
        whom = ", ".join(filter(None, [self.said_by, self.said_by_title]))
        when = date_format(timezone.localtime(self.said_at), "d.m.Y H:i") if self.said_at is not None else ""
        what = str(Disposition(self.disposition).label) if self.disposition else _("Confirmed")
        told = (after_dot(each) for each in (what, how, whom, when))
        words = (quoted(self.answer), quoted(self.note))
        return self.words(named(self.actor), in_brackets(self.file), *told, *words)


@dataclass(frozen=True, kw_only=True)
class RecordTakenBackData(EventData, kind=EventKind.RECORD_TAKEN_BACK, icon="eraser"):
    """`confirmation` and `answer` say which milestones are unset again."""

    actor: Actor
    reason: str
    confirmation: bool
    answer: bool

    def wording(self) -> Wording:
        return self.words(named(self.actor), quoted(self.reason))


@dataclass(frozen=True, kw_only=True)
class _SucceededData(EventData):
    """An obligation of a closed unit that passes to its successor. `closed_on` is an ISO 8601 date."""

    unit: str = stored_as("from")
    unit_id: int = stored_as("from_id")
    to: str
    to_id: int
    closed_on: str | None = None

    def wording(self) -> Wording:
        return self.words(from_to(self.unit, self.to))


@dataclass(frozen=True, kw_only=True)
class PassedToSuccessorData(_SucceededData, kind=EventKind.PASSED_TO_SUCCESSOR, icon="arrow-right-circle"):
    email: str


@dataclass(frozen=True, kw_only=True)
class SupersededData(_SucceededData, kind=EventKind.SUPERSEDED, icon="copy-check"):
    """`covered_by` is the public id of the successor's own copy."""

    covered_by: str
