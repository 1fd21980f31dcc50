"""What notices say: the registry of their kinds, each with its data and its rules.

A new kind is a member of `NoticeKind`, an entry of `KINDS` and its three templates in `distribution/mail`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from distribution.models.json_record import JsonRecord, stored_as


class NoticeKind(models.TextChoices):
    """What the message says."""

    LETTER = "letter", _("A letter waits")
    REMINDER = "reminder", _("Reminder")
    ESCALATION = "escalation", _("Escalation")
    DIGEST = "digest", _("Morning digest")
    RETURNED = "returned", _("Letter returned")
    EXTENSION_ASKED = "extension_asked", _("More time asked for")
    EXTENSION_DECIDED = "extension_decided", _("Answer to a request for more time")
    DUE_CHANGED = "due_changed", _("Due time changed")
    WITHDRAWN = "withdrawn", _("Letter withdrawn")
    CODE = "code", _("One-time code")


class EndsWith(StrEnum):
    """What ends the reminders of a delivery."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ANSWER = "answer"


class Told(StrEnum):
    """As what somebody is told of a unit that doesn't answer."""

    ABOVE = "above"
    MANAGER = "manager"
    ISSUER = "issuer"
    GIVER = "giver"


@dataclass(frozen=True, kw_only=True)
class NoticeDetails(JsonRecord):
    """Base of what a kind of notice says beside its delivery; stored in `Notice.data`. By itself it is nothing."""


@dataclass(frozen=True, kw_only=True)
class OwedDetails(NoticeDetails):
    """Why somebody is told that a unit owes something: once it has answered or has more time, nothing leaves."""

    ends_with: EndsWith = EndsWith.ANSWER
    due_at: datetime | None = None
    """The due time when it was written."""


@dataclass(frozen=True, kw_only=True)
class ReminderDetails(OwedDetails):
    by_hand: bool | None = stored_as("nudge", default=None)
    by: str | None = None
    """Who reminded by hand."""


@dataclass(frozen=True, kw_only=True)
class EscalationDetails(OwedDetails):
    told_as: Told | None = None
    no_unit_above: bool | None = None
    """Whether nobody above the recipient could be told."""


@dataclass(frozen=True, kw_only=True)
class DigestDetails(NoticeDetails):
    by_hand: bool | None = stored_as("nudge", default=None)
    by: str | None = None
    """Who reminded of its letters by hand."""


@dataclass(frozen=True, kw_only=True)
class PersonDetails(NoticeDetails):
    """What a person of a unit says."""

    name: str
    job_title: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ReturnedDetails(PersonDetails):
    """The ground stands in the delivery."""


@dataclass(frozen=True, kw_only=True)
class ExtensionAskedDetails(PersonDetails):
    due: str
    """Until when, as letters write a moment."""

    request: str
    """The public id of the request."""


@dataclass(frozen=True, kw_only=True)
class ExtensionDecidedDetails(PersonDetails):
    agency: str
    """The unit that decided."""

    granted: bool
    due: str | None = None
    """Until when, if granted."""


@dataclass(frozen=True, kw_only=True)
class DueChangedDetails(NoticeDetails):
    due: str
    """Until when, as letters write a moment."""

    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class WithdrawnDetails(NoticeDetails):
    reason: str
    only_this_unit: bool = False


@dataclass(frozen=True, kw_only=True)
class CodeDetails(NoticeDetails):
    code: int
    """The id of the LinkCode."""


@dataclass(frozen=True, kw_only=True)
class KindEntry:
    """What is known of one kind. The wording is in the templates `distribution/mail/KIND*`."""

    details: type[NoticeDetails] = NoticeDetails
    may_be_paused: bool = True
    """Whether it waits while the sender has paused the letter."""

    may_wait: bool = True
    """Whether it may be held for a morning digest."""

    tells_the_unit: bool = False
    """Whether the unit learns of the letter by it, so that the delivery is notified."""

    keeps_to_working_time: bool = False
    """Whether it leaves only while its unit is at work, unless the letter is ACELE."""

    tries_further_channels: bool = True
    """Whether the unit's next channel takes over when it fails."""


KINDS: dict[NoticeKind, KindEntry] = {
    NoticeKind.LETTER: KindEntry(tells_the_unit=True),
    NoticeKind.REMINDER: KindEntry(details=ReminderDetails, tells_the_unit=True, keeps_to_working_time=True),
    NoticeKind.ESCALATION: KindEntry(details=EscalationDetails, keeps_to_working_time=True),
    NoticeKind.DIGEST: KindEntry(details=DigestDetails, may_wait=False, keeps_to_working_time=True),
    NoticeKind.RETURNED: KindEntry(details=ReturnedDetails, may_be_paused=False, may_wait=False),
    NoticeKind.EXTENSION_ASKED: KindEntry(details=ExtensionAskedDetails, may_be_paused=False),
    NoticeKind.EXTENSION_DECIDED: KindEntry(details=ExtensionDecidedDetails),
    NoticeKind.DUE_CHANGED: KindEntry(details=DueChangedDetails),
    NoticeKind.WITHDRAWN: KindEntry(details=WithdrawnDetails, may_be_paused=False, may_wait=False),
    NoticeKind.CODE: KindEntry(
        details=CodeDetails, may_be_paused=False, may_wait=False, tries_further_channels=False
    ),
}
"""A code is waited for, a withdrawal can't wait, and what recipients say goes to the one who paused."""

NEVER_PAUSED = tuple(kind for kind, entry in KINDS.items() if not entry.may_be_paused)
"""Kinds that leave though the sender has paused the letter."""

TELLS_THE_UNIT = tuple(kind for kind, entry in KINDS.items() if entry.tells_the_unit)
"""Kinds by which the unit learns of the letter."""

ASKED_FOR_ANEW = tuple(kind for kind, entry in KINDS.items() if not entry.tries_further_channels)
"""Kinds that fail once for all: whoever needs one asks for another."""


def stored_details(kind: NoticeKind, details: NoticeDetails | None) -> dict[str, Any]:
    """What `Notice.data` holds of the details, which may be missing where the kind needs none.

    Raises TypeError if they are missing, or of another kind.
    """
    expected = KINDS[kind].details
    if details is None:
        details = expected()
    if type(details) is not expected:
        raise TypeError(
            f"A notice of the kind {kind} takes {expected.__name__}, not {type(details).__name__}."
        )
    return details.to_json()
