"""What a recipient sees of letters that were taken back, or in whose place another one stands."""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from agencies.models import Agency, User
from distribution.models import Delivery
from distribution.models.conditions import LONG_TEXTS
from distribution.models.delivery import DeliveryQuerySet

SHOWN_FOR = timedelta(days=14)
MOST_SHOWN = 20


def with_replacing(deliveries: DeliveryQuerySet, user: User) -> DeliveryQuerySet:
    """Each with `replacing`: the public id of the person's copy of the letter that replaces this one."""
    copies = Delivery.objects.visible_to(user).filter(circular=OuterRef("circular__superseded_by"))
    of_same_unit = copies.filter(agency=OuterRef("agency")).order_by("-pk").values("public_id")
    of_any = copies.order_by("-pk").values("public_id")
    return deliveries.annotate(replacing=Coalesce(Subquery(of_same_unit[:1]), Subquery(of_any[:1])))


def recently_withdrawn(user: User, agency: Agency, at: datetime) -> QuerySet[Delivery]:
    """What was taken back from the unit of late after it had learned of it, the latest first."""
    known = Q(notified_at__isnull=False) | Q(opened_at__isnull=False) | Q(acknowledged_at__isnull=False)
    found = (
        Delivery.objects.visible_to(user)
        .answered_by(agency)
        .filter(known, withdrawn_at__gte=at - SHOWN_FOR)
        .select_related("circular", "circular__issuer", "circular__superseded_by")
        .defer(*LONG_TEXTS)
        .order_by("-withdrawn_at", "-pk")
    )
    return with_replacing(found, user)[:MOST_SHOWN]
