"""What a notice of each kind stores in `Notice.data`, as a dataclass per kind that has any."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from distribution.models.deliveries.stage import Act, SaidThrough
from distribution.models.json_record import JsonRecord, stored_as


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
class WeeklyDigestDetails(NoticeDetails):
    digest: int
    """Id of the WeeklyDigest."""


@dataclass(frozen=True, kw_only=True)
class LateAlertDetails(NoticeDetails):
    """Data of the news that a letter went overdue, or that nobody opens it."""

    alert: int
    """Id of the LateAlert."""

    unit: int
    """Id of the unit as whose manager the person is told."""

    is_urgent: bool
    """Whether the letter is ACELE."""
