"""Registry of the kinds of notices, each with its data and its rules.

A new kind needs a member of `NoticeKind`, an entry in `KINDS` and its three templates in `distribution/mail`.
"""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from distribution.models.notices.notice_details import (
    AddressDecidedDetails,
    AddressDetails,
    AssignedDetails,
    ChannelAwayDetails,
    CodeDetails,
    ContactChangedDetails,
    ContactCodeDetails,
    DigestDetails,
    DueChangedDetails,
    EscalationDetails,
    ExtensionAskedDetails,
    ExtensionDecidedDetails,
    LateAlertDetails,
    NotDispatchedDetails,
    NoticeDetails,
    ObjectedDetails,
    OnBehalfDetails,
    RecordTakenBackDetails,
    ReminderDetails,
    ReturnedDetails,
    ReturnTakenBackDetails,
    SentAgainDetails,
    TakeBackAskedDetails,
    TakeBackDecidedDetails,
    WeeklyDigestDetails,
    WithdrawnDetails,
)


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
    WEEKLY_DIGEST = "weekly_digest", _("Weekly digest")
    LATE_ALERT = "late_alert", _("Letter overdue or not opened")


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


def _to_a_manager(details: type[NoticeDetails]) -> KindEntry:
    """Mails to a manager about letters of a unit: of no single delivery, and of no concern to its recipient."""
    return KindEntry(
        details=details,
        may_be_paused=False,
        may_wait=False,
        keeps_to_working_time=True,
        needs_a_delivery=False,
        belongs_to_the_letter=False,
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
    NoticeKind.WEEKLY_DIGEST: _to_a_manager(WeeklyDigestDetails),
    NoticeKind.LATE_ALERT: _to_a_manager(LateAlertDetails),
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
