"""The chain of events of each delivery: adding to it, and checking it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from agencies.access import deputy_of
from agencies.models import Agency, Role, User
from circulars.models import Circular
from distribution.models import Delivery, DeliveryEvent, EventKind
from distribution.models.bulk import insert_many

LAST_OF_EACH = """
    SELECT DISTINCT ON (delivery_id) delivery_id, sequence, hash FROM distribution_deliveryevent
    WHERE delivery_id = ANY (%s) ORDER BY delivery_id, sequence DESC
"""


def append_event(
    *,
    delivery: Delivery,
    kind: EventKind,
    at: datetime,
    by: User | None = None,
    for_agency: Agency | None = None,
    data: dict[str, Any] | None = None,
) -> DeliveryEvent:
    """Add the next event to the delivery's chain. The caller holds the delivery's row lock."""
    return append_events(steps=[(delivery, kind, data or {})], at=at, by=by, for_agency=for_agency)[0]


def append_events(
    *,
    steps: Sequence[tuple[Delivery, EventKind, dict[str, Any]]],
    at: datetime,
    by: User | None = None,
    for_agency: Agency | None = None,
    at_of: Callable[[dict[str, Any]], datetime] | None = None,
) -> list[DeliveryEvent]:
    """Add events to the chains of the deliveries, in two queries. The caller holds the deliveries' row locks.

    `at_of` gives the moment of an event from its data, where it isn't `at`.
    """
    ids = [delivery.pk for delivery, _kind, _data in steps]
    with connection.cursor() as cursor:
        cursor.execute(LAST_OF_EACH, [ids])
        last = {delivery: (sequence, hash_) for delivery, sequence, hash_ in cursor.fetchall()}
    events = []
    for delivery, kind, data in steps:
        sequence, before = last.get(delivery.pk, (0, ""))
        event = DeliveryEvent(
            delivery=delivery,
            sequence=sequence + 1,
            kind=kind,
            at=at_of(data) if at_of else at,
            by=by,
            for_agency=for_agency,
            data=data,
        )
        events.append(event.chain(delivery.public_id, before))
        last[delivery.pk] = (event.sequence, event.hash)
    return insert_many(events)


def first_broken_event(delivery: Delivery, events: Iterable[DeliveryEvent]) -> DeliveryEvent | None:
    """The first event that doesn't follow from the one before it, or None if the chain holds.

    `events` are all of the delivery's events in order of sequence.
    """
    previous = ""
    for expected, event in enumerate(events, start=1):
        follows = event.sequence == expected and event.previous_hash == previous
        if not follows or event.hash != event.computed_hash(delivery.public_id):
            return event
        previous = event.hash
    return None


def sender_data(by: User, circular: Circular, at: datetime) -> dict[str, str]:
    """Who acted for the issuer, and for which absent person as a deputy: the keys of an event's data. One query."""
    absent = deputy_of(by, circular.issuer, Role.SENDER, timezone.localdate(at))
    return {"name": str(by)} | ({"as_deputy_of": str(absent)} if absent is not None else {})
