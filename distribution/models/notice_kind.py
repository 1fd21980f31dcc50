"""Registry of the kinds of notices, each with its data and its rules.

A new kind needs a member of `NoticeKind`, an entry in `KINDS` and its three templates in `distribution/mail`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from distribution.models.json_record import JsonRecord, stored_as
from distribution.models.stage import Act, SaidThrough


class NoticeKind(models.TextChoices):
    """Kind of a message."""

    LETTER = "letter", _("A letter waits")
    REMINDER = "reminder", _("Reminder")
    ESCALATION = "escalation", _("Escalation")
    DIGEST = "digest", _("Morning digest")
    RETURNED = "returned", _("Letter returned")
    SENT_AGAIN = "sent_again", _("Letter sent again after the return")
    EXTENSION_ASKED = "extension_asked", _("More time asked for")
    EXTENSION_DECIDED = "extension_decided", _("Answer to a request for more time")
    DUE_CHANGED = "due_changed", _("Due time changed")
    WITHDRAWN = "withdrawn", _("Letter withdrawn")
    CODE = "code", _("One-time code")
    ADDRESS_ASKED = "address_asked", _("Address asked for")
    TAKEN_BACK = "taken_back", _("Return taken back")
    TAKE_BACK_ASKED = "take_back_asked", _("Asked to take back")
    TAKE_BACK_DECIDED = "take_back_decided", _("Answer to a request to take back")
    ON_BEHALF = "on_behalf", _("Recorded on the unit's behalf")
    OBJECTED = "objected", _("Objection to a record of the sender")
    NOT_DISPATCHED = "not_dispatched", _("Scheduled dispatch did not take place")
    CHANNEL_AWAY = "channel_away", _("Units wait for a channel that stands still")
    ASSIGNED = "assigned", _("Letter assigned to you")
    ASSIGNED_REMINDER = "assigned_reminder", _("Reminder of a letter assigned to you")
    CONTACT_CODE = "contact_code", _("Code for a new address")
    CONTACT_CHANGED = "contact_changed", _("Address of the unit changed")
    RECORD_TAKEN_BACK = "record_taken_back", _("The sender took its record back")
    ADDRESS_DECIDED = "address_decided", _("Decision on an address")


class EndsWith(StrEnum):
    """What ends the reminders of a delivery."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ANSWER = "answer"


class Told(StrEnum):
    """The role in which the reader is informed of a unit that doesn't answer."""

    ABOVE = "above"
    MANAGER = "manager"
    ISSUER = "issuer"
    GIVER = "giver"


@dataclass(frozen=True, kw_only=True)
class NoticeDetails(JsonRecord):
    """Base of the data of a kind of notice, stored in `Notice.data`. The base class has no data."""


@dataclass(frozen=True, kw_only=True)
class OwedDetails(NoticeDetails):
    """Data of notices about an outstanding obligation.

    They are not sent if, by then, the unit has answered or has been given more time.
    """

    ends_with: EndsWith = EndsWith.ANSWER
    due_at: datetime | None = None
    """The due time when the notice was written."""


@dataclass(frozen=True, kw_only=True)
class ReminderDetails(OwedDetails):
    by_hand: bool | None = stored_as("nudge", default=None)
    by: str | None = None
    """Name of the user who sent a manual reminder."""


@dataclass(frozen=True, kw_only=True)
class EscalationDetails(OwedDetails):
    told_as: Told | None = None
    no_unit_above: bool | None = None
    """Whether there was no unit above the recipient to inform."""


@dataclass(frozen=True, kw_only=True)
class DigestDetails(NoticeDetails):
    by_hand: bool | None = stored_as("nudge", default=None)
    by: str | None = None
    """Name of the user who sent a manual reminder of its letters."""


@dataclass(frozen=True, kw_only=True)
class PersonDetails(NoticeDetails):
    """The acting person of a unit."""

    name: str
    job_title: str = ""
    reason: str = ""
    by_link: bool | None = None
    """Whether they acted by link, without signing in: weaker proof."""


@dataclass(frozen=True, kw_only=True)
class ReturnedDetails(PersonDetails):
    """Data of a returned letter. The ground is stored in the delivery."""


@dataclass(frozen=True, kw_only=True)
class SentAgainDetails(PersonDetails):
    """Data of a letter that was sent again to the unit that had returned it; `reason` is the giver's word."""

    agency: str
    """Name of the unit that sent it again."""


@dataclass(frozen=True, kw_only=True)
class ReturnTakenBackDetails(PersonDetails):
    """Data of a return taken back, told to whoever was told of the return."""


@dataclass(frozen=True, kw_only=True)
class TakeBackDetails(PersonDetails):
    """Data of notices about a request to take an act back."""

    act: str

    @property
    def act_label(self) -> str:
        return str(Act(self.act).label)


@dataclass(frozen=True, kw_only=True)
class TakeBackAskedDetails(TakeBackDetails):
    request: str
    """Public id of the request."""


@dataclass(frozen=True, kw_only=True)
class TakeBackDecidedDetails(TakeBackDetails):
    agency: str
    """Name of the unit that decided."""

    granted: bool


@dataclass(frozen=True, kw_only=True)
class OnBehalfDetails(PersonDetails):
    """What the sender recorded. `name` and `job_title` are those of the person of the unit."""

    answers: bool
    """Whether an answer was recorded, otherwise a confirmation."""

    said_through: str
    """A value of SaidThrough."""

    said_at: str
    """The moment, formatted as in letters."""

    agency: str | None = None
    """Name of the unit that made the record, if it isn't the issuer."""

    def said_through_label(self) -> str:
        """How the unit told the sender, in the active language."""
        return str(SaidThrough(self.said_through).label)


@dataclass(frozen=True, kw_only=True)
class ObjectedDetails(PersonDetails):
    """The person of the unit who objected to what the sender recorded, and why."""

    to_giver: bool = False
    """Whether it tells the unit that passed the letter on, and not the issuer."""


@dataclass(frozen=True, kw_only=True)
class AssignedDetails(PersonDetails):
    """Data of a letter assigned within a unit. `name` is that of the person who assigned it, `reason` the note."""


@dataclass(frozen=True, kw_only=True)
class ExtensionAskedDetails(PersonDetails):
    due: str
    """The requested due time, formatted as in letters."""

    request: str
    """Public id of the extension request."""


@dataclass(frozen=True, kw_only=True)
class ExtensionDecidedDetails(PersonDetails):
    agency: str
    """Name of the unit that decided."""

    granted: bool
    due: str | None = None
    """The granted due time, or None if refused."""


@dataclass(frozen=True, kw_only=True)
class DueChangedDetails(NoticeDetails):
    due: str
    """The new due time, formatted as in letters."""

    before: str | None = None
    """The former due time, formatted alike."""

    shorter: bool | None = None
    by: str | None = None
    """Name of the unit that changed it, if it is known."""

    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class WithdrawnDetails(NoticeDetails):
    reason: str
    only_this_unit: bool = False


@dataclass(frozen=True, kw_only=True)
class CodeDetails(NoticeDetails):
    code: int
    """Id of the LinkCode."""


@dataclass(frozen=True, kw_only=True)
class AddressDetails(NoticeDetails):
    """Data of the question for another address of a unit."""

    unit: int
    unit_name: str
    channel: str
    address: str
    answer: str
    """What the server said."""

    decided_by: str = ""
    """The person who recorded it; empty if the server's answer did."""


@dataclass(frozen=True, kw_only=True)
class NotDispatchedDetails(NoticeDetails):
    """Data of a scheduled dispatch that failed. No delivery exists; the letter is a draft again."""

    circular: int
    leaves_at: str
    """The moment for which it had been scheduled, formatted as in letters."""

    reason: str
    """A value of NotSentReason."""

    failed_at: datetime


@dataclass(frozen=True, kw_only=True)
class ChannelAwayDetails(NoticeDetails):
    """Data of the news that units wait for a suspended channel."""

    channel: str
    suspended_at: datetime
    units: int
    """How many units wait."""

    elsewhere: int
    """How many of them can be told by another channel."""


@dataclass(frozen=True, kw_only=True)
class ContactCodeDetails(NoticeDetails):
    correction: int
    """Id of the ContactCorrection."""


@dataclass(frozen=True, kw_only=True)
class ContactChangedDetails(PersonDetails):
    """What the former address of a unit is told; `name` is the person of the unit who changed it."""

    unit_name: str
    address: str
    """The new one."""


@dataclass(frozen=True, kw_only=True)
class RecordTakenBackDetails(PersonDetails):
    """The person of the sender who took back what was recorded on the unit's behalf, and why."""


@dataclass(frozen=True, kw_only=True)
class AddressDecidedDetails(PersonDetails):
    """Data of the decision on an address that a sender has set. `name` is who decided, `reason` why it was refused."""

    address: str
    outcome: str
    """A value of ProposalState."""

    corrected_to: str = ""


@dataclass(frozen=True, kw_only=True)
class KindEntry:
    """Rules of one kind. The texts are in the templates `distribution/mail/KIND*`."""

    details: type[NoticeDetails] = NoticeDetails
    may_be_paused: bool = True
    """Whether it is stopped while the letter is paused."""

    may_wait: bool = True
    """Whether it may wait for a morning digest."""

    tells_the_unit: bool = False
    """Whether sending it makes the delivery "notified"."""

    keeps_to_working_time: bool = False
    """Whether it is sent only during the unit's working time, unless the letter is ACELE."""

    tries_further_channels: bool = True
    """Whether the unit's next channel takes over when it fails."""

    needs_a_delivery: bool = True
    """Whether it is about a delivery. A digest has members instead."""

    belongs_to_the_letter: bool = True
    """Whether a failed one is listed with the letter, and sent again at its sender's request."""

    stays_in_the_unit: bool = False
    """Whether it concerns only the recipient's own people: it has no event, and no other unit sees it."""


def _of_contact(details: type[NoticeDetails]) -> KindEntry:
    """Mails about a unit's address: no letter is concerned, and only that address is written to."""
    return KindEntry(
        details=details,
        may_be_paused=False,
        may_wait=False,
        tries_further_channels=False,
        needs_a_delivery=False,
        belongs_to_the_letter=False,
        stays_in_the_unit=True,
    )


KINDS: dict[NoticeKind, KindEntry] = {
    NoticeKind.LETTER: KindEntry(tells_the_unit=True),
    NoticeKind.REMINDER: KindEntry(details=ReminderDetails, tells_the_unit=True, keeps_to_working_time=True),
    NoticeKind.ESCALATION: KindEntry(details=EscalationDetails, keeps_to_working_time=True),
    NoticeKind.DIGEST: KindEntry(
        details=DigestDetails, may_wait=False, keeps_to_working_time=True, needs_a_delivery=False
    ),
    NoticeKind.RETURNED: KindEntry(details=ReturnedDetails, may_be_paused=False, may_wait=False),
    NoticeKind.SENT_AGAIN: KindEntry(details=SentAgainDetails, may_wait=False),
    NoticeKind.EXTENSION_ASKED: KindEntry(details=ExtensionAskedDetails, may_be_paused=False),
    NoticeKind.EXTENSION_DECIDED: KindEntry(details=ExtensionDecidedDetails),
    NoticeKind.DUE_CHANGED: KindEntry(details=DueChangedDetails),
    NoticeKind.WITHDRAWN: KindEntry(details=WithdrawnDetails, may_be_paused=False, may_wait=False),
    NoticeKind.CODE: KindEntry(
        details=CodeDetails,
        may_be_paused=False,
        may_wait=False,
        tries_further_channels=False,
        belongs_to_the_letter=False,
    ),
    NoticeKind.ADDRESS_ASKED: KindEntry(
        details=AddressDetails,
        may_be_paused=False,
        may_wait=False,
        keeps_to_working_time=True,
        belongs_to_the_letter=False,
    ),
    NoticeKind.TAKEN_BACK: KindEntry(details=ReturnTakenBackDetails, may_be_paused=False, may_wait=False),
    NoticeKind.TAKE_BACK_ASKED: KindEntry(details=TakeBackAskedDetails, may_be_paused=False),
    NoticeKind.TAKE_BACK_DECIDED: KindEntry(details=TakeBackDecidedDetails),
    NoticeKind.ON_BEHALF: KindEntry(details=OnBehalfDetails, may_wait=False),
    NoticeKind.OBJECTED: KindEntry(details=ObjectedDetails, may_be_paused=False, may_wait=False),
    NoticeKind.NOT_DISPATCHED: KindEntry(
        details=NotDispatchedDetails,
        may_be_paused=False,
        may_wait=False,
        needs_a_delivery=False,
        belongs_to_the_letter=False,
    ),
    NoticeKind.CHANNEL_AWAY: KindEntry(
        details=ChannelAwayDetails,
        may_be_paused=False,
        may_wait=False,
        belongs_to_the_letter=False,
    ),
    NoticeKind.ASSIGNED: KindEntry(
        details=AssignedDetails, may_be_paused=False, belongs_to_the_letter=False, stays_in_the_unit=True
    ),
    NoticeKind.ASSIGNED_REMINDER: KindEntry(
        details=ReminderDetails,
        keeps_to_working_time=True,
        belongs_to_the_letter=False,
        stays_in_the_unit=True,
    ),
    NoticeKind.CONTACT_CODE: _of_contact(ContactCodeDetails),
    NoticeKind.CONTACT_CHANGED: _of_contact(ContactChangedDetails),
    NoticeKind.RECORD_TAKEN_BACK: KindEntry(details=RecordTakenBackDetails, may_wait=False),
    NoticeKind.ADDRESS_DECIDED: KindEntry(
        details=AddressDecidedDetails, may_be_paused=False, may_wait=False, belongs_to_the_letter=False
    ),
}
"""Never paused: codes, for which a person is waiting; withdrawals; and what recipients report to the sender."""

NEVER_PAUSED = tuple(kind for kind, entry in KINDS.items() if not entry.may_be_paused)
"""Kinds that are sent while the letter is paused."""

TELLS_THE_UNIT = tuple(kind for kind, entry in KINDS.items() if entry.tells_the_unit)
"""Kinds that make the delivery "notified"."""

ASKED_FOR_ANEW = tuple(kind for kind, entry in KINDS.items() if not entry.tries_further_channels)
"""Kinds that have no fallback channel: the user requests a new one."""

WITHOUT_A_DELIVERY = tuple(kind for kind, entry in KINDS.items() if not entry.needs_a_delivery)
"""Kinds whose notices have no delivery of their own."""

NOT_OF_THE_LETTER = tuple(kind for kind, entry in KINDS.items() if not entry.belongs_to_the_letter)
"""Kinds whose failure is not the letter's."""

WITHIN_THE_UNIT = tuple(kind for kind, entry in KINDS.items() if entry.stays_in_the_unit)
"""Kinds of which only the recipient's own people know."""

SEEN_BY_SENDERS = tuple(kind for kind, entry in KINDS.items() if not entry.stays_in_the_unit)
"""The other kinds."""


def stored_details(kind: NoticeKind, details: NoticeDetails | None) -> dict[str, Any]:
    """The JSON for `Notice.data`. `details` may be None if the kind needs none.

    Raises TypeError if they are missing, or belong to another kind.
    """
    expected = KINDS[kind].details
    if details is None:
        details = expected()
    if type(details) is not expected:
        raise TypeError(
            f"A notice of the kind {kind} takes {expected.__name__}, not {type(details).__name__}."
        )
    return details.to_json()
