"""What stands in the way of a dispatch, and what the sender should know before it."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from agencies.models import Agency, Membership, Role
from circulars.distribution_list import ExpandedLine, Expansion, expand
from circulars.models import Attachment, Circular, DistributionLine


@dataclass
class Preflight:
    """The expanded list with everything that was found. Blocking: the fields under `missing` to `closed`."""

    expansion: Expansion
    missing: list[str] = field(default_factory=list)
    unresolved: list[DistributionLine] = field(default_factory=list)
    empty_groups: list[DistributionLine] = field(default_factory=list)
    closed: list[Agency] = field(default_factory=list)
    without_email: list[Agency] = field(default_factory=list)
    without_people: list[Agency] = field(default_factory=list)
    repeated: list[Agency] = field(default_factory=list)
    miscounted: list[ExpandedLine] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)

    def seal(self, circular: Circular) -> str:
        """SHA-256 (hex) of the letter and of who would receive it: changes as soon as either does."""
        listed = sorted((recipient.agency.pk, recipient.purpose) for recipient in self.expansion.recipients)
        content = f"{circular.fingerprint(self.attachments)} {listed}"
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def no_recipients(self) -> bool:
        return not self.expansion.recipients

    @property
    def blocks(self) -> bool:
        """Whether the letter can't leave as it is."""
        return bool(self.missing or self.unresolved or self.empty_groups or self.closed or self.no_recipients)

    @property
    def attachments_without_file(self) -> list[Attachment]:
        return [attachment for attachment in self.attachments if not attachment.file]


def preflight(*, circular: Circular, at: datetime) -> Preflight:
    """Look at everything that a dispatch at that moment would meet; the queries don't grow with the recipients."""
    on = timezone.localdate(at)
    expansion = expand(circular, on=on)
    agencies = [recipient.agency for recipient in expansion.recipients]
    acted_for = set(
        Membership.objects.active(on)
        .filter(role=Role.RECIPIENT, user__is_active=True, agency__in=[agency.pk for agency in agencies])
        .values_list("agency_id", flat=True)
    )
    return Preflight(
        expansion=expansion,
        missing=circular.missing_fields(),
        unresolved=expansion.unresolved,
        empty_groups=expansion.empty_groups,
        closed=expansion.closed,
        without_email=[agency for agency in agencies if not agency.email],
        without_people=[agency for agency in agencies if agency.pk not in acted_for],
        repeated=expansion.repeated,
        miscounted=[expanded for expanded in expansion.lines if expanded.count_differs],
        attachments=list(circular.attachments.all()),
    )
