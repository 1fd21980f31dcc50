"""Units to which a letter may be passed on, and which of them have it."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from agencies.models import Agency, AgencyQuerySet, User
from circulars.models import Circular, Purpose
from distribution.models import Delivery
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.visibility import copies_seen_by

Recipient = tuple[Agency, Purpose]


def may_receive_from(unit: Agency, *, circular: Circular, at: datetime) -> AgencyQuerySet:
    """Active units to which the unit may pass this letter on; never its issuer."""
    related = Agency.objects.active(timezone.localdate(at)).related_to(unit)
    return related.exclude(pk=circular.issuer_id)


def having(circular: Circular, agencies: Collection[int]) -> set[int]:
    """Ids of those units that have the letter, or answer for a closed unit that has it."""
    return _having(Delivery.objects.filter(circular=circular), agencies)


def seen_having(user: User, circular: Circular, agencies: Collection[int]) -> set[int]:
    """Those of them whose copy the user may see; for the user, the others are units like any other."""
    return _having(copies_seen_by(user, circular), agencies)


def _having(copies: DeliveryQuerySet, agencies: Collection[int]) -> set[int]:
    found = copies.filter(withdrawn_at=None).filter(
        Q(agency__in=agencies) | Q(successor__in=agencies, returned_at=None, superseded_at=None)
    )
    return {pk for pair in found.values_list("agency", "successor") for pk in pair if pk in set(agencies)}
