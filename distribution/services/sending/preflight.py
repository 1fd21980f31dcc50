"""Check a draft before dispatch: findings that block it, and warnings for the sender."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from agencies.matching.lines import names_another
from agencies.models import Agency, Membership, Role
from agencies.models.contact_details.channel import (
    REGISTRY,
    UnapprovedAddress,
    is_unapproved,
    unapproved_address,
)
from agencies.notation.addresses import address_doubt
from circulars.files.page_and_file import FileCheck, check_file
from circulars.lines.distribution_list import ExpandedLine, Expansion, Repetition, expand
from circulars.models import Attachment, Circular, DistributionLine, LetterReading, Status
from circulars.models.parts import mark_withheld
from circulars.services.reading.doubts import Doubt, doubts_of
from circulars.withheld import Withheld
from distribution.models import Delivery
from distribution.models.notices.channel import channel_of
from distribution.queries.sending.corrections import holders, only_touched

MAILBOX_LIMIT = 20 * 1024 * 1024
"""Size in bytes that most mailboxes accept. Notices contain a link, so nothing larger is ever mailed."""


@dataclass(frozen=True)
class DroppedRecipients:
    """The issuer's previous letter with the same file plan code, and its recipients that the new letter omits."""

    previous: Circular
    agencies: list[Agency]


@dataclass(frozen=True)
class OnChannel:
    """Units for which one channel matters, with the message for the sender."""

    words: str
    agencies: list[Agency]


@dataclass(frozen=True)
class WithheldLine:
    """A printed line with a note on attachments (Y 18), and what the note comes to."""

    expanded: ExpandedLine
    note: str
    titles: list[str]
    """The attachments that its recipients don't get."""
    is_unclear: bool
    """Whether the note isn't understood, or names an attachment that the letter doesn't have."""


@dataclass
class Preflight:
    """The expanded list with all findings. `being_read` and those from `missing` to `closed` block the dispatch."""

    expansion: Expansion
    readings: list[LetterReading] = field(default_factory=list)
    """Of the file that was chosen last and isn't the letter's: it is being read, or could not be read."""
    foreign_letterhead: bool = False
    missing: list[str] = field(default_factory=list)
    unsettled: list[Doubt] = field(default_factory=list)
    """What the reader wasn't sure of and nobody has settled."""
    unresolved: list[DistributionLine] = field(default_factory=list)
    empty_groups: list[DistributionLine] = field(default_factory=list)
    closed: list[Agency] = field(default_factory=list)
    without_address: list[Agency] = field(default_factory=list)
    undeliverable: list[Agency] = field(default_factory=list)
    """Units with an address that mail came back from."""
    unapproved: list[tuple[Agency, UnapprovedAddress | None]] = field(default_factory=list)
    """Units that are told at an address that a sender has set for this letter and nobody has approved."""
    doubtful: list[Agency] = field(default_factory=list)
    """Units whose e-mail address looks mistyped."""
    closed_channels: list[OnChannel] = field(default_factory=list)
    """Units that have an address only for a channel that isn't configured."""
    by_channel: list[OnChannel] = field(default_factory=list)
    """All recipients by the channel of their first notice, with its name; the last ones have none."""
    first_channels: list[OnChannel] = field(default_factory=list)
    """Units whose first channel has a message for the sender."""
    without_people: list[Agency] = field(default_factory=list)
    repeated: list[Repetition] = field(default_factory=list)
    miscounted: list[ExpandedLine] = field(default_factory=list)
    outdated: list[ExpandedLine] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    withheld: list[WithheldLine] = field(default_factory=list)
    replaced: list[Delivery] = field(default_factory=list)
    """For a correction: the copies that the new ones replace."""
    untouched: int = 0
    without_note: bool = False
    without_file_choice: bool = False
    """For a correction: nobody has said which letter file goes with it."""
    file: FileCheck | None = None
    """Where the page and the letter file differ; None without a file."""
    too_late: bool = False
    """The due time has passed. A correction may keep such a due time."""
    dated_ahead: bool = False
    outlived: bool = False
    """For a correction: the corrected letter was withdrawn, or belongs to another issuer."""

    def content_digest(self, circular: Circular) -> str:
        """SHA-256 (hex) of the letter and its recipients, to detect changes between preflight and dispatch."""
        listed = sorted(
            (
                each.agency.pk,
                each.purpose,
                each.line.withheld.note if each.line and each.line.withheld else "",
            )
            for each in self.expansion.recipients
        )
        lines = [each.line for each in self.expansion.lines]
        content = f"{circular.fingerprint(self.attachments, lines)} {listed}"
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def being_read(self) -> list[LetterReading]:
        """Readings under way, whose file becomes the letter's: it would leave with another one."""
        return [reading for reading in self.readings if reading.is_unfinished]

    @property
    def not_taken(self) -> list[LetterReading]:
        """Readings that have failed, so that the letter leaves without the file that was chosen last."""
        return [reading for reading in self.readings if reading.has_failed]

    @property
    def no_recipients(self) -> bool:
        return not self.expansion.recipients

    @property
    def blocks(self) -> bool:
        """Whether the letter can't be dispatched as it is."""
        return bool(
            self.being_read
            or self.missing
            or self.unsettled
            or self.unresolved
            or self.empty_groups
            or self.closed
            or self.no_recipients
            or self.without_note
            or self.without_file_choice
            or self.too_late
            or self.outlived
        )

    @property
    def tells(self) -> bool:
        """Whether there are warnings."""
        return bool(
            self.not_taken
            or self.foreign_letterhead
            or self.dated_ahead
            or self.without_address
            or self.undeliverable
            or self.unapproved
            or self.doubtful
            or self.closed_channels
            or self.first_channels
            or self.without_people
            or self.repeated
            or self.miscounted
            or self.outdated
            or self.attachments_without_file
            or self.withheld
            or self.too_large_for_mail
        )

    @property
    def attachments_without_file(self) -> list[Attachment]:
        return [attachment for attachment in self.attachments if not attachment.file]

    @property
    def attachments_size(self) -> int:
        return sum(attachment.size for attachment in self.attachments)

    @property
    def mailbox_limit(self) -> int:
        return MAILBOX_LIMIT

    @property
    def too_large_for_mail(self) -> bool:
        return self.attachments_size > MAILBOX_LIMIT


def preflight(*, circular: Circular, at: datetime) -> Preflight:
    """Check a dispatch at that moment. The number of queries doesn't depend on the number of recipients.

    A letter that was loaded with `has_readings` False is known to have no file that is being read.
    """
    on = timezone.localdate(at)
    expansion = expand(circular, on=on)
    lines = [expanded.line for expanded in expansion.lines]
    correction = _of_correction(circular) if circular.is_correction else {}
    if circular.is_correction:
        expansion = only_touched(expansion, correction["replaced"])
    agencies = [recipient.agency for recipient in expansion.recipients]
    acted_for = set(
        Membership.objects.active(on)
        .filter(role=Role.RECIPIENT, user__is_active=True, agency__in=[agency.pk for agency in agencies])
        .values_list("agency_id", flat=True)
    )
    attachments = list(circular.attachments.all())
    first: dict[str, list[Agency]] = {}
    closed: dict[str, list[Agency]] = {}
    unreached = []
    unapproved: list[tuple[Agency, UnapprovedAddress | None]] = []
    for agency in agencies:
        channels = agency.open_channels(letter=circular.pk)
        if channels and is_unapproved(agency, channels[0].channel, circular.pk):
            unapproved.append((agency, unapproved_address(agency, channels[0].channel, circular.pk)))
        if channels:
            first.setdefault(channels[0].channel, []).append(agency)
            continue
        unreached.append(agency)
        if not agency.undeliverable_addresses:
            closed.setdefault(_closed_channel(agency), []).append(agency)
    readings = LetterReading.objects.of_last_choice(circular)
    return Preflight(
        expansion=expansion,
        readings=list(readings) if getattr(circular, "has_readings", True) else [],
        foreign_letterhead=names_another(circular.issuer_line_list, circular.issuer),
        missing=circular.missing_fields(),
        unsettled=[doubt for doubt in doubts_of(circular, lines) if not doubt.is_missing],
        too_late=not circular.is_correction and circular.due_at is not None and circular.due_at <= at,
        dated_ahead=circular.date is not None and circular.date > on,
        unresolved=[] if circular.is_correction else expansion.unresolved,
        empty_groups=[] if circular.is_correction else expansion.empty_groups,
        closed=[] if circular.is_correction else expansion.closed,
        without_address=closed.pop("", []),
        unapproved=unapproved,
        undeliverable=[
            agency
            for agency in agencies
            if agency.undeliverable_addresses and agency not in [unit for unit, _address in unapproved]
        ],
        doubtful=[agency for agency in agencies if agency.email and address_doubt(agency.email)],
        closed_channels=[
            OnChannel(channel_of(code).words_when_closed(len(units)), units) for code, units in closed.items()
        ],
        by_channel=[
            *(OnChannel(str(channel_of(code).label), first[code]) for code in REGISTRY if code in first),
            *([OnChannel(gettext("No notice, only their inbox here"), unreached)] if unreached else []),
        ],
        first_channels=[
            OnChannel(words, units)
            for code, units in first.items()
            if (words := channel_of(code).words_when_first(len(units)))
        ],
        without_people=[agency for agency in agencies if agency.pk not in acted_for],
        repeated=expansion.repeated,
        miscounted=[expanded for expanded in expansion.lines if expanded.count_differs],
        outdated=list(
            {each.line.plan_version_id: each for each in expansion.lines if each.newer_version}.values()
        ),
        attachments=attachments,
        withheld=[
            _withheld_line(expanded, expanded.withheld, attachments)
            for expanded in expansion.lines
            if expanded.withheld is not None
        ],
        without_file_choice=circular.lacks_file_choice,
        file=check_file(circular, lines),
        **correction,
    )


def _withheld_line(expanded: ExpandedLine, withheld: Withheld, attachments: list[Attachment]) -> WithheldLine:
    mark_withheld(attachments, withheld)
    printed = sum(attachment.printed for attachment in attachments)
    return WithheldLine(
        expanded,
        withheld.note,
        [attachment.title for attachment in attachments if attachment.is_withheld],
        not withheld.is_understood or max(withheld.numbers, default=0) > printed or not attachments,
    )


def _closed_channel(agency: Agency) -> str:
    """Code of the first channel that the unit has an address for and that isn't configured, or ""."""
    for code, channel in REGISTRY.items():
        if channel.has_addresses and not channel.is_open() and channel.address_of(agency) is not None:
            return code
    return ""


def _of_correction(circular: Circular) -> dict[str, Any]:
    """A correction goes to the recipients concerned, whatever its lines expand to."""
    everybody = holders(circular)
    touched = set(circular.touched.values_list("pk", flat=True))
    replaced = [each for each in everybody if each.agency_id in touched]
    before = circular.corrects
    return {
        "replaced": replaced,
        "untouched": len(everybody) - len(replaced),
        "without_note": not circular.change_note,
        "outlived": before is None or before.is_withdrawn or before.issuer_id != circular.issuer_id,
    }


def find_dropped_recipients(
    *, circular: Circular, expansion: Expansion, on: date
) -> DroppedRecipients | None:
    """Find recipients of the issuer's previous letter with the same file plan code that aren't on this one's list.

    Only active units are returned. Used by the page before dispatch only.
    """
    if not circular.number_file_plan or circular.is_correction:
        return None
    sent = Circular.objects.filter(
        issuer=circular.issuer,
        status=Status.DISPATCHED,
        number_file_plan=circular.number_file_plan,
        corrects=None,
        withdrawn_at=None,
    ).select_related("superseded_by")
    previous = sent.exclude(pk=circular.pk).order_by("-dispatched_at").first()
    if previous is None:
        return None
    before = Agency.objects.active(on).filter(deliveries__circular=previous)
    missing = list(before.exclude(pk__in=[recipient.agency.pk for recipient in expansion.recipients]))
    return DroppedRecipients(previous, missing) if missing else None
