"""Who had read a letter: every unit that opened or confirmed it, what was passed on as well."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from circulars.models import Circular
from distribution.models import Delivery

FIRST_NAMES = 20


CONFIRMED_BY = Coalesce(
    NullIf(Trim(Concat("acknowledged_by__first_name", Value(" "), "acknowledged_by__last_name")), Value("")),
    "acknowledged_by__username",
    "acknowledged_name",
)
"""The name of the person, as `Delivery.acknowledged_person` says it."""


SEEN = Q(opened_at__isnull=False) | Q(acknowledged_at__isnull=False)


@dataclass(frozen=True)
class SeenFigures:
    """How many units confirmed the letter, how many only opened it, and the first of them by name."""

    confirmed: int
    opened: int
    first: list[Delivery]

    @property
    def units(self) -> int:
        return self.confirmed + self.opened


def seen_by(circular: Circular) -> QuerySet[Delivery]:
    """The copies that somebody opened or confirmed, those confirmed first."""
    found = Delivery.objects.filter(SEEN, circular=circular).annotate(confirmed_by=CONFIRMED_BY)
    return found.select_related("agency", "acknowledged_by", "acknowledged_for").order_by(
        "acknowledged_at", "opened_at", "pk"
    )


def seen_figures(circular: Circular) -> SeenFigures:
    """Two queries, however many recipients."""
    counted = Delivery.objects.filter(SEEN, circular=circular).aggregate(
        confirmed=Count("pk", filter=Q(acknowledged_at__isnull=False)),
        opened=Count("pk", filter=Q(acknowledged_at__isnull=True)),
    )
    return SeenFigures(**counted, first=list(seen_by(circular)[:FIRST_NAMES]))
