"""Append to the hash chains of deliveries, and verify them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from agencies.access import deputy_of
from agencies.models import Agency, Role, User
from circulars.models import Circular
from distribution.event_log.kind import EventData
from distribution.event_log.phrases import Actor
from distribution.models import Delivery, DeliveryEvent
from distribution.models.bulk import insert_many

LAST_OF_EACH = """
    SELECT DISTINCT ON (delivery_id) delivery_id, sequence, encode(hash, 'hex') FROM distribution_deliveryevent
    WHERE delivery_id = ANY (%s) ORDER BY delivery_id, sequence DESC
"""
NOTHING_BEFORE = (0, "")


class Step(NamedTuple):
    """An event to append to one delivery. `at` overrides the time passed for all steps."""

    delivery: Delivery
    data: EventData
    at: datetime | None = None


def append_event(
    *,
    delivery: Delivery,
    data: EventData,
    at: datetime,
    by: User | None = None,
    for_agency: Agency | None = None,
) -> DeliveryEvent:
    """Append an event to the delivery's chain. The caller must hold the delivery's row lock."""
    return append_events(steps=[Step(delivery, data)], at=at, by=by, for_agency=for_agency)[0]


def append_events(
    *, steps: Sequence[Step], at: datetime, by: User | None = None, for_agency: Agency | None = None
) -> list[DeliveryEvent]:
    """Append events to the chains of several deliveries, in two queries. The caller must hold their row locks."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_OF_EACH, [[step.delivery.pk for step in steps]])
        last = {delivery: (sequence, before) for delivery, sequence, before in cursor.fetchall()}
    return _write(steps, last, at, by, for_agency)


def begin_chains(
    *, steps: Iterable[Step], at: datetime, by: User | None = None, for_agency: Agency | None = None
) -> list[DeliveryEvent]:
    """Write the first event of deliveries created in this transaction, in one query.

    Raises IntegrityError for a delivery that has events already.
    """
    return _write(steps, {}, at, by, for_agency)


def _write(
    steps: Iterable[Step],
    last: Mapping[int, tuple[int, str]],
    at: datetime,
    by: User | None,
    for_agency: Agency | None,
) -> list[DeliveryEvent]:
    """`last` maps deliveries to the sequence and hash of their last event."""
    ends = dict(last)
    events = []
    for step in steps:
        sequence, before = ends.get(step.delivery.pk, NOTHING_BEFORE)
        event = DeliveryEvent(
            delivery=step.delivery,
            sequence=sequence + 1,
            kind=step.data.kind,
            at=step.at or at,
            by=by,
            for_agency=for_agency,
            data=step.data.to_json(),
        )
        events.append(event.chain(step.delivery.public_id, before))
        ends[step.delivery.pk] = (event.sequence, event.hash)
    return insert_many(events)


def first_broken_event(delivery: Delivery, events: Iterable[DeliveryEvent]) -> DeliveryEvent | None:
    """The first event that breaks the chain, or None if the chain is valid.

    `events` must be all events of the delivery in order of sequence.
    """
    previous = ""
    for expected, event in enumerate(events, start=1):
        follows = event.sequence == expected and event.previous_hash == previous
        if not follows or event.hash != event.computed_hash(delivery.public_id):
            return event
        previous = event.hash
    return None


def sender(by: User, circular: Circular, at: datetime) -> Actor:
    """The user acting for the letter's issuer, and the absent person whom they replace as deputy. One query."""
    absent = deputy_of(by, circular.issuer, Role.SENDER, timezone.localdate(at))
    return Actor(str(by), as_deputy_of=str(absent) if absent is not None else None)
