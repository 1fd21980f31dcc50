"""A month with letters, for the tests of its review."""

from datetime import UTC, datetime, timedelta

from agencies.models import Agency
from circulars.models import Circular, Urgency
from distribution.services.receiving.acknowledge import acknowledge
from tests.factories import dispatched_to, recipient_of

MONDAY = datetime(2026, 3, 2, 7, tzinfo=UTC)
"""10:00 in Turkey."""

LATER = datetime(2026, 4, 20, 9, tzinfo=UTC)
MARCH = {"month": "2026-03"}


def confirm(circular: Circular, unit: Agency, at: datetime) -> None:
    acknowledge(delivery=circular.deliveries.get(agency=unit).public_id, by=recipient_of(unit), at=at)


def timed(*units: Agency, issuer: Agency, at: datetime = MONDAY, days: int = 5) -> Circular:
    return dispatched_to(
        *units, issuer=issuer, at=at, urgency=Urgency.TIMED, due_at=at + timedelta(days=days)
    )
