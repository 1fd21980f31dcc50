"""Content of a digest: one entry per letter, most urgent first."""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from circulars.models import Circular, Urgency
from distribution.links import link_url
from distribution.models import Delivery, Notice, NoticeKind, NoticeState
from distribution.models.notices.notice_details import (
    EscalationDetails,
    ExtensionAskedDetails,
    NoticeDetails,
    TakeBackAskedDetails,
    Told,
)

MOST_UNITS = 20
"""Units named in one entry; the linked page shows all."""


@dataclass
class Entry:
    """One letter in a digest: a new letter, a reminder, or units that haven't answered."""

    kind: NoticeKind
    delivery: Delivery
    url: str
    told_as: Told | None = None
    units: list[str] = field(default_factory=list)
    without_account: str = ""
    """Link to open it without an account; set only in the unit's own digest."""

    @property
    def circular(self) -> Circular:
        return self.delivery.circular

    @property
    def named_units(self) -> list[str]:
        return self.units[:MOST_UNITS]

    @property
    def more_units(self) -> int:
        return max(len(self.units) - MOST_UNITS, 0)

    @property
    def is_overdue(self) -> bool:
        return self.delivery.is_overdue()

    def pressing(self) -> tuple[int, datetime, int]:
        """Sort key, as in the inbox: overdue first, then ACELE, then by due time, then oldest first."""
        due = self.delivery.due_at
        if self.is_overdue:
            rank = 0
        elif self.circular.urgency == Urgency.URGENT:
            rank = 1
        else:
            rank = 2 if due is not None else 3
        return rank, due or self.delivery.created_at, self.delivery.pk


def entries_of(digest: Notice) -> list[Entry]:
    """The entries of a digest. Notices of the same letter, and units that owe the same letter, share one entry."""
    members = (
        digest.members.exclude(state=NoticeState.CANCELLED)
        .select_related(
            "delivery__circular__issuer",
            "delivery__agency",
            "delivery__successor",
            "delivery__parent",
        )
        .order_by("pk")
    )
    found: dict[tuple[str, int, Told | None], Entry] = {}
    for member in members:
        delivery = member.delivery
        assert delivery is not None
        details = member.details
        escalates = isinstance(details, EscalationDetails)
        told_as = details.told_as if isinstance(details, EscalationDetails) else None
        key = ("units", delivery.circular_id, told_as) if escalates else ("letter", delivery.pk, None)
        url = _decided_at(details) or link_for(delivery, told_as)
        entry = found.setdefault(key, Entry(NoticeKind(member.kind), delivery, url, told_as))
        open_still = delivery.can_be_confirmed or delivery.is_unanswered
        if not escalates and digest.agency == delivery.answering_unit and open_still:
            entry.without_account = link_url(delivery, at=timezone.now())
        if escalates:
            entry.units.append(delivery.answering_unit.name)
        elif member.kind != NoticeKind.LETTER:
            entry.kind = NoticeKind(member.kind)
            entry.url = url
    return sorted(found.values(), key=Entry.pressing)


def _decided_at(details: NoticeDetails) -> str:
    """URL of the page where the reader decides on what a recipient asks for; empty for other notices."""
    if isinstance(details, ExtensionAskedDetails):
        return settings.SITE_URL + reverse("decide_extension", args=[details.request])
    if isinstance(details, TakeBackAskedDetails):
        return settings.SITE_URL + reverse("decide_take_back", args=[details.request])
    return ""


def link_for(delivery: Delivery, told_as: Told | None) -> str:
    """URL of the page that the reader may open; empty for a unit above the recipient, which may open none."""
    match told_as:
        case Told.ABOVE:
            return ""
        case Told.MANAGER | Told.ISSUER:
            path = reverse("letter", args=[delivery.circular.public_id]) + "?show=outstanding"
        case Told.GIVER if delivery.parent is not None:
            path = reverse("delivery", args=[delivery.parent.public_id])
        case _:
            path = reverse("delivery", args=[delivery.public_id])
    return settings.SITE_URL + path
