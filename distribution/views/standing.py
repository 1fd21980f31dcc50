"""What stands still in sending, shown to administrators on every page."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from distribution.outbox.outages.standstill import standstills


def standing(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `standing_for_administrators`, read only where a page shows it."""
    return {"standing_for_administrators": SimpleLazyObject(lambda: standstills(at=timezone.now()))}
