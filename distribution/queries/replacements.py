"""What recipients see of withdrawn and replaced letters."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from agencies.models import Agency, User
from distribution.models import Delivery
from distribution.models.deliveries.conditions import LONG_TEXTS
from distribution.visibility import visible_to

SHOWN_FOR = timedelta(days=14)
MOST_SHOWN = 20


def with_replacing(deliveries: Iterable[Delivery], user: User) -> list[Delivery]:
    """Set `replacing` to the public id of the user's copy of the letter that replaces each one, or to None.

    A copy of the same unit takes precedence. `circular` must be loaded. Takes two queries if any letter is
    replaced, otherwise none.
    """
    found = list(deliveries)
    following = {each.circular.superseded_by_id for each in found} - {None}
    by_unit: dict[tuple[int, int], UUID] = {}
    by_letter: dict[int, UUID] = {}
    if following:
        copies = visible_to(user).filter(circular__in=following).order_by("pk")
        for circular, agency, public_id in copies.values_list("circular_id", "agency_id", "public_id"):
            by_unit[circular, agency] = by_letter[circular] = public_id
    for each in found:
        letter = each.circular.superseded_by_id or 0
        each.replacing = by_unit.get((letter, each.agency_id)) or by_letter.get(letter)
    return found


def recently_withdrawn(user: User, agency: Agency, at: datetime) -> list[Delivery]:
    """Letters withdrawn from the unit in the last days that it may know of, latest first."""
    known = Q(notified_at__isnull=False) | Q(opened_at__isnull=False) | Q(acknowledged_at__isnull=False)
    found = (
        visible_to(user)
        .answered_by(agency)
        .filter(known, withdrawn_at__gte=at - SHOWN_FOR)
        .select_related("circular", "circular__issuer", "circular__superseded_by")
        .defer(*LONG_TEXTS)
        .order_by("-withdrawn_at", "-pk")
    )
    return with_replacing(found[:MOST_SHOWN], user)
