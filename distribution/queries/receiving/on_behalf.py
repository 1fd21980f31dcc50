"""What the inbox of a unit shows of the senders' records on its behalf."""

from datetime import datetime, timedelta

from agencies.models import Agency
from distribution.models import OnBehalfRecord
from distribution.models.deliveries.conditions import LONG_TEXTS, answered_by, in_force

SHOWN_FOR = timedelta(days=14)
MOST_SHOWN = 20


def recently_recorded_for(unit: Agency, at: datetime) -> list[OnBehalfRecord]:
    """Records of the last days that hold, for copies in force that the unit answers for, latest first."""
    return list(
        OnBehalfRecord.objects.holding()
        .filter(answered_by([unit.pk], "delivery__"), in_force("delivery__"), recorded_at__gte=at - SHOWN_FOR)
        .select_related("delivery__circular__issuer")
        .defer(*(f"delivery__{text}" for text in LONG_TEXTS[:2]))
        .order_by("-recorded_at", "-pk")[:MOST_SHOWN]
    )
