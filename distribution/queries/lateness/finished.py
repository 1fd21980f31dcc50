"""The copies to learn from: those of all issuers whose due time has passed, the newest first up to a number.

Left out is what doesn't tell how the unit works: copies that were returned, withdrawn, covered by another copy or
replaced by a revision, whose act was taken back or recorded by the sender, that no notice reached, that passed to a
successor, and those with another due time than their letter had when it was sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q

from circulars.models import Circular, Status
from distribution.models import ChangeKind, CircularChange, Delivery
from distribution.models.deliveries.conditions import any_of
from distribution.queries.lateness.known import Copy

MOST_COPIES = 60_000
LOOKED_BACK = timedelta(days=548)
SPLITS = (2 / 5, 3 / 5, 4 / 5)
"""Parts of the copies, in the order of due times. What is learned from the copies due up to there is tried on those
that come until the next one, as if it had been learned anew now and then.
"""


@dataclass(frozen=True)
class Letters:
    """Sent letters whose due time has passed, and the moments that divide their copies into the parts of SPLITS."""

    ids: list[int]
    splits: list[datetime]


def finished_letters(at: datetime) -> Letters | None:
    """The letters due last whose copies are about MOST_COPIES at most; None without any. One query."""
    moved = CircularChange.objects.filter(circular=OuterRef("pk"), kind=ChangeKind.DUE_CHANGED)
    letters = Circular.objects.filter(
        ~Exists(moved),
        status=Status.DISPATCHED,
        withdrawn_at=None,
        due_at__gt=at - LOOKED_BACK,
        due_at__lt=at,
    )
    found: list[tuple[int, datetime, int]] = []
    copies = 0
    for pk, due_at, recipients in (
        letters.order_by("-due_at", "-pk").values_list("pk", "due_at", "recipient_count").iterator()
    ):
        copies += recipients
        if copies > MOST_COPIES and found:
            copies -= recipients
            break
        assert due_at is not None
        found.append((pk, due_at, recipients))
    if not found:
        return None
    return Letters([pk for pk, _due_at, _recipients in found], _splits(found, copies))


def _splits(letters: list[tuple[int, datetime, int]], copies: int) -> list[datetime]:
    """The due times up to which these parts of the copies are due. The letters are given the last one first."""
    moments = []
    older, left = 0, list(letters)
    for part in SPLITS:
        while left and older < copies * part:
            _pk, due_at, recipients = left.pop()
            older += recipients
            last = due_at
        moments.append(last)
    return moments


def finished_copies(letters: Letters) -> Iterator[Copy]:
    """Their direct copies in the order in which they were sent, read in parts. One query."""
    copies = Delivery.objects.direct().in_force()
    found = copies.filter(
        ~Q(notified_at=None),
        any_of(F("circular_id"), letters.ids),
        due_at=F("circular__due_at"),
        due_at__gt=F("created_at"),
        successor=None,
        taken_back_at=None,
        acknowledged_on_behalf=False,
        completed_on_behalf=False,
    )
    rows = found.order_by("created_at", "pk").values_list(*FIELDS)
    return (Copy(*row) for row in rows.iterator(chunk_size=5000))


FIELDS = (
    "pk", "agency_id", "agency__kind", "agency__province_id", "purpose", "circular__urgency", "created_at", "due_at",
    "opened_at", "acknowledged_at", "completed_at",
)  # fmt: skip
