"""The copies of some letters, each with what it counts as and the working time until its confirmation."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Case, Count, F, Q, When
from django.utils import timezone

from agencies.calendar import WorkingTimes
from distribution.models import Delivery
from distribution.models.deliveries.conditions import answering, answering_province, any_of, in_force
from distribution.queries.month_review.counted import Counted, counted_as
from distribution.queries.month_review.medians import Wait
from distribution.queries.waits_for_sender import time_within, undone_records, waits_for_sender

KINDS = list(Counted)
OF_MONTHS = (Counted.DUE, Counted.IN_TIME, Counted.TO_COMPLETE, Counted.COMPLETED_IN_TIME)


class Copy(NamedTuple):
    """A direct copy in force."""

    letter: int
    unit: int
    """The unit that answers for it."""

    kind: str
    province: str
    """Plate code of the recipient's province; empty without one."""

    counted: Sequence[bool]
    """For each of KINDS whether it counts as that."""

    wait: Wait | None
    """None if the sender recorded the confirmation."""


def copies_of_letters(letters: Collection[int], since: date, at: datetime) -> list[Copy]:
    """The direct copies in force of the letters with these ids, sent since that day. Five queries.

    Time during which a unit waited for the sender doesn't count: from a request for more time to its decision, and
    from a return to the decision to send the copy to the same unit again, and while a record on its behalf stood that
    it objected to or that was taken back. Time runs from the first notice that left.
    """
    found = (
        Delivery.objects.direct()
        .filter(any_of(F("circular_id"), letters), in_force())
        .order_by()
        .values_list(
            "pk",
            "circular_id",
            answering(),
            "agency__kind",
            "agency__province",
            answering_province(),
            "created_at",
            "notified_at",
            "acknowledged_at",
            *(Case(When(counted_as(each, at), then=True), default=False) for each in KINDS),
        )
    )
    rows = list(found)
    ids = [row[0] for row in rows]
    waits, records = waits_for_sender(ids), undone_records(ids)
    times = WorkingTimes(since, timezone.localdate(at))
    measured = KINDS.index(Counted.MEASURED)
    copies = []
    for (
        pk,
        letter,
        unit,
        kind,
        province,
        own_province,
        sent_at,
        notified_at,
        acknowledged_at,
        *counted,
    ) in rows:
        wait = None
        if counted[measured]:
            own, end = times.of(own_province), acknowledged_at or at
            begin = notified_at if notified_at is not None and notified_at <= end else sent_at
            for_sender = [*waits.get(pk, ()), *records.get(pk, ())]
            time = own.between(begin, end) - time_within(own, for_sender, begin, end)
            wait = (time, acknowledged_at is not None)
        copies.append(Copy(letter, unit, kind, province or "", counted, wait))
    return copies


@dataclass(frozen=True)
class LetterCounts:
    """The direct copies of a letter: how many are in force and count as what, and how many don't count and why."""

    in_force: int
    counted: Mapping[Counted, int]
    returned: int
    withdrawn: int
    replaced: int


def counts_of_letters(letters: Collection[int], at: datetime) -> dict[int, LetterCounts]:
    """By letter, what the figures of whole months need. One query."""
    counts = {each.value: Count("pk", filter=in_force() & counted_as(each, at)) for each in OF_MONTHS}
    found = (
        Delivery.objects.direct()
        .filter(any_of(F("circular_id"), letters))
        .order_by()
        .values_list("circular_id")
        .annotate(
            alive=Count("pk", filter=in_force()),
            gone=Count("pk", filter=Q(withdrawn_at__isnull=False)),
            back=Count("pk", filter=Q(withdrawn_at__isnull=True, returned_at__isnull=False)),
            all_copies=Count("pk"),
            **counts,
        )
    )
    return {
        pk: LetterCounts(
            alive, dict(zip(OF_MONTHS, counted, strict=True)), back, gone, total - alive - gone - back
        )
        for pk, alive, gone, back, total, *counted in found
    }
