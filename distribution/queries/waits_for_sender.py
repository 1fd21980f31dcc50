"""When a copy waited for its sender: working time that doesn't count as the time of its unit."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import F

from agencies.calendar import WorkingTime
from distribution.models import ExtensionRequest, OnBehalfRecord, RecordEnd, ReturnDecision, ReturnOutcome
from distribution.models.deliveries.conditions import any_of

Span = tuple[datetime, datetime]


def waits_for_sender(deliveries: Collection[int]) -> dict[int, list[Span]]:
    """By delivery: from a request for more time to its decision, and from a return until it was sent again.

    What isn't decided waits on. Two queries.
    """
    among = any_of(F("delivery_id"), deliveries)
    asked = ExtensionRequest.objects.filter(among).order_by()
    returned = ReturnDecision.objects.filter(among, outcome=ReturnOutcome.SENT_AGAIN).order_by()
    found: dict[int, list[Span]] = {}
    for pk, begin, end in [
        *asked.values_list("delivery_id", "asked_at", "decided_at"),
        *returned.values_list("delivery_id", "returned_at", "decided_at"),
    ]:
        found.setdefault(pk, []).append((begin, end or datetime.max.replace(tzinfo=begin.tzinfo)))
    return found


def undone_records(deliveries: Collection[int]) -> dict[int, list[Span]]:
    """By delivery: from a record of its confirmation until the unit objected, or it was taken back. One query.

    A record that the unit's own confirmation replaced isn't among them: the unit didn't wait for that.
    """
    undone = OnBehalfRecord.objects.filter(
        any_of(F("delivery_id"), deliveries),
        confirms=True,
        ended_as__in=(RecordEnd.OBJECTED, RecordEnd.TAKEN_BACK),
    )
    found: dict[int, list[Span]] = {}
    for pk, begin, end in undone.order_by().values_list("delivery_id", "recorded_at", "ended_at"):
        assert end is not None
        found.setdefault(pk, []).append((begin, end))
    return found


def time_within(times: WorkingTime, spans: Iterable[Span], begin: datetime, end: datetime) -> timedelta:
    """Working time of the spans, as far as they lie between the moments. Where they overlap it counts once."""
    return sum((times.between(*each) for each in _disjoint(spans, begin, end)), timedelta())


def _disjoint(spans: Iterable[Span], begin: datetime, end: datetime) -> Iterator[Span]:
    for first, last in sorted(spans):
        first, last = max(first, begin), min(last, end)
        if first < last:
            yield first, last
            begin = last
