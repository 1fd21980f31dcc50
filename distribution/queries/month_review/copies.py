"""The copies of some letters, each with what it counts as and the working time until its confirmation."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Case, Count, F, Q, When
from django.utils import timezone

from agencies.calendar import WorkingTime, calendars_for
from distribution.models import Delivery, ExtensionRequest, ReturnDecision, ReturnOutcome
from distribution.models.deliveries.conditions import answering, answering_province, any_of, in_force
from distribution.queries.month_review.counted import Counted, counted_as
from distribution.queries.month_review.medians import Wait

KINDS = list(Counted)
OF_MONTHS = (Counted.DUE, Counted.IN_TIME, Counted.TO_COMPLETE, Counted.COMPLETED_IN_TIME)

Span = tuple[datetime, datetime]


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
    """The direct copies in force of the letters with these ids, sent since that day. Four queries.

    Time during which a unit waited for the sender doesn't count: from a request for more time to its decision, and
    from a return to the decision to send the copy to the same unit again.
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
            "acknowledged_at",
            *(Case(When(counted_as(each, at), then=True), default=False) for each in KINDS),
        )
    )
    rows = list(found)
    waited = _waited_for_sender([row[0] for row in rows], at)
    times = _working_times({row[5] for row in rows}, since, timezone.localdate(at))
    measured = KINDS.index(Counted.MEASURED)
    copies = []
    for pk, letter, unit, kind, province, own_province, created_at, acknowledged_at, *counted in rows:
        wait = None
        if counted[measured]:
            time = _time(times[own_province], created_at, acknowledged_at or at, waited.get(pk, ()))
            wait = (time, acknowledged_at is not None)
        copies.append(Copy(letter, unit, kind, province or "", counted, wait))
    return copies


def _working_times(provinces: Iterable[str | None], first: date, last: date) -> dict[str | None, WorkingTime]:
    """By province. Provinces with the same leave have the same working time, which is looked up once."""
    same: dict[tuple[int, ...], WorkingTime] = {}
    found = {}
    for province, calendar in calendars_for(provinces, first, last).items():
        leaves = tuple(each.pk for each in calendar.leaves)
        if leaves not in same:
            same[leaves] = WorkingTime(calendar, first, last)
        found[province] = same[leaves]
    return found


def _waited_for_sender(deliveries: Collection[int], at: datetime) -> dict[int, list[Span]]:
    """By delivery, when it waited for a decision of its sender. Two queries."""
    among = any_of(F("delivery_id"), deliveries)
    asked = ExtensionRequest.objects.filter(among).order_by()
    returned = ReturnDecision.objects.filter(among, outcome=ReturnOutcome.SENT_AGAIN).order_by()
    found: dict[int, list[Span]] = {}
    for pk, begin, end in [
        *asked.values_list("delivery_id", "asked_at", "decided_at"),
        *returned.values_list("delivery_id", "returned_at", "decided_at"),
    ]:
        found.setdefault(pk, []).append((begin, end or at))
    return found


def _time(times: WorkingTime, begin: datetime, end: datetime, waited: Iterable[Span]) -> timedelta:
    """Working time between the two moments, without the spans in which the unit waited."""
    time = times.between(begin, end)
    for first, last in _disjoint(waited):
        time -= times.between(max(begin, first), min(end, last))
    return time


def _disjoint(spans: Iterable[Span]) -> Iterator[Span]:
    """The same time as spans that don't overlap."""
    covered: datetime | None = None
    for begin, end in sorted(spans):
        if covered is None or end > covered:
            yield (begin if covered is None else max(begin, covered), end)
            covered = end


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
