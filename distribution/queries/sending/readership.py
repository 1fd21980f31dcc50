"""Units that opened or confirmed a letter, including those it was passed on to."""

from dataclasses import dataclass

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from circulars.models import Circular
from distribution.models import Delivery

FIRST_NAMES = 20


CONFIRMED_BY = Coalesce(
    NullIf(Trim(Concat("acknowledged_by__first_name", Value(" "), "acknowledged_by__last_name")), Value("")),
    "acknowledged_by__username",
    "acknowledged_name",
)
"""SQL form of `Delivery.acknowledged_person`."""


CONFIRMED_HOW = Case(
    When(acknowledged_on_behalf=True, then=Value("on_behalf")),
    When(~Q(acknowledged_name=""), then=Value("link")),
    default=Value(""),
)
"""Which weaker proof a confirmation is; empty for one by a signed-in person."""

OPENED_IN_TIME = Q(opened_at__isnull=False) & (Q(withdrawn_at=None) | Q(opened_at__lte=F("withdrawn_at")))
"""Opened before the copy was withdrawn. Who opens it afterwards reads that it was withdrawn."""

SEEN = OPENED_IN_TIME | Q(acknowledged_at__isnull=False)


@dataclass(frozen=True)
class SeenFigures:
    """Number of units that confirmed the letter, that only opened it, and the first of them by name.

    `on_behalf` counts those of the confirmed that only the sender recorded.
    """

    confirmed: int
    on_behalf: int
    opened: int
    first: list[Delivery]

    @property
    def units(self) -> int:
        return self.confirmed + self.opened


def with_confirmation(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Annotate `confirmed_by`, the person, and `confirmed_how`."""
    return deliveries.annotate(confirmed_by=CONFIRMED_BY, confirmed_how=CONFIRMED_HOW)


def seen_by(circular: Circular) -> QuerySet[Delivery]:
    """Copies that were opened or confirmed, confirmed ones first."""
    found = with_confirmation(Delivery.objects.filter(SEEN, circular=circular))
    return found.select_related("agency", "acknowledged_by", "acknowledged_for").order_by(
        "acknowledged_at", "opened_at", "pk"
    )


def seen_figures(circular: Circular) -> SeenFigures:
    """The figures, in two queries for any number of recipients."""
    counted = Delivery.objects.filter(SEEN, circular=circular).aggregate(
        confirmed=Count("pk", filter=Q(acknowledged_at__isnull=False)),
        on_behalf=Count("pk", filter=Q(acknowledged_on_behalf=True)),
        opened=Count("pk", filter=Q(acknowledged_at__isnull=True)),
    )
    return SeenFigures(**counted, first=list(seen_by(circular)[:FIRST_NAMES]))
