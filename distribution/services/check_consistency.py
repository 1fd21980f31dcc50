"""Walk every delivery, notice and event and find what contradicts itself. Nothing is changed."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Prefetch

from circulars.models import Circular
from distribution.models import Delivery, DeliveryEvent, Notice
from distribution.queries.consistency import Finding, check_delivery, check_notice

AT_ONCE = 500
"""Rows held in memory at a time, with their events and notices."""

CIRCULARS = Circular.objects.only("content_sha256", "withdrawn_at", "paused_at")
EVENTS = DeliveryEvent.objects.order_by("delivery", "sequence")


def check_consistency(*, at: datetime) -> Iterator[Finding]:
    """Findings as they come, from a server-side cursor. Run it in one snapshot while workers send."""
    deliveries = (
        Delivery.objects.select_related("parent", "superseded_by")
        .prefetch_related(
            Prefetch("circular", CIRCULARS),
            Prefetch("events", EVENTS),
            Prefetch("parent__events", EVENTS),
            Prefetch("notices", Notice.objects.select_related("bundle", "replacement")),
        )
        .order_by("pk")
    )
    for delivery in deliveries.iterator(chunk_size=AT_ONCE):
        for notice in delivery.notices.all():
            notice.delivery = delivery
        yield from check_delivery(delivery, at)
    for digest in Notice.objects.filter(delivery=None).order_by("pk").iterator(chunk_size=AT_ONCE):
        yield from check_notice(digest, at)
