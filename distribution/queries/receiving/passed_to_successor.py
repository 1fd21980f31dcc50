"""Letters for which another unit answers by now."""

from collections.abc import Collection
from uuid import UUID

from agencies.models import Agency
from distribution.models import Delivery, DeliveryEvent, EventKind
from distribution.models.deliveries.conditions import LONG_TEXTS, answered_by, received_by


def passed_to_successor(unit: Agency, deliveries: Collection[UUID]) -> list[Delivery]:
    """Those that the unit received or took over, and for which its successor or the first recipient answers now."""
    taken_over = DeliveryEvent.objects.filter(kind=EventKind.PASSED_TO_SUCCESSOR, for_agency=unit)
    others = Delivery.objects.filter(public_id__in=list(deliveries)).exclude(answered_by([unit.pk]))
    had = list(taken_over.filter(delivery__in=others).values_list("delivery_id", flat=True))
    found = others.filter(received_by([unit.pk])) | others.filter(pk__in=had)
    return list(
        found.select_related("circular", "agency", "successor").defer(*LONG_TEXTS).order_by("successor", "pk")
    )
