"""Conditions on the columns of a delivery: whether it is outstanding or unanswered, and which units it concerns."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Case, CharField, F, Q, SmallIntegerField, Value, When
from django.db.models.functions import Coalesce

from agencies.models.expressions import IsAnyOf
from circulars.models import Purpose, Urgency

LIVE = Q(returned_at__isnull=True, withdrawn_at__isnull=True, superseded_at__isnull=True)


def outstanding(through: str = "") -> Q:
    """Live and not acknowledged. `through` is the lookup prefix from another model, e.g. `delivery__`."""
    ends = ("acknowledged_at", "returned_at", "withdrawn_at", "superseded_at")
    return Q(**{f"{through}{each}__isnull": True for each in ends})


def in_force(through: str = "") -> Q:
    """Live, and not confirmed for an earlier revision only. `through` as in `outstanding`."""
    ends = ("returned_at", "withdrawn_at", "superseded_at", "revised_at")
    return Q(**{f"{through}{each}__isnull": True for each in ends})


NOT_REMOVED = Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("circular__withdrawn_at"))
"""Not removed from the letter. If the whole letter is withdrawn, those whom the withdrawal concerned."""

OUTSTANDING = outstanding()
UNANSWERED = LIVE & Q(
    acknowledged_at__isnull=False,
    completed_at__isnull=True,
    revised_at__isnull=True,
    purpose=Purpose.ACTION,
)
OWING = OUTSTANDING | UNANSWERED
ACKNOWLEDGED = Q(acknowledged_at__isnull=False)
RETURNED = Q(returned_at__isnull=False, withdrawn_at__isnull=True)

OLDEST_FIRST = ("created_at",)
"""Order of the index on outstanding deliveries."""


def answering(through: str = "") -> Coalesce:
    """Expression for the id of the unit that answers for a delivery; the SQL form of `Delivery.answering_unit`.

    `through` is the lookup prefix from another model, e.g. `delivery__`. Two partial indexes are on this
    expression.
    """
    return Coalesce(f"{through}successor_id", f"{through}agency_id")


def answering_province() -> Case:
    """Expression for the plate code of that unit's province, whose calendar applies; None without a province."""
    return Case(
        When(successor__isnull=False, then=F("successor__province_id")),
        default=F("agency__province_id"),
        output_field=CharField(null=True),
    )


def answered_by(units: Collection[int], through: str = "") -> Q:
    """Deliveries for which one of these units answers: the recipient, or the successor of a closed recipient."""
    return any_of(answering(through), units)


def any_of(column: F | Coalesce, ids: Collection[int]) -> Q:
    """The column has one of these ids. The ids are passed as one array parameter, whatever their number."""
    return Q(IsAnyOf(column, Value(list(ids), ArrayField(BigIntegerField()))))


def received_by(units: Collection[int], through: str = "") -> Q:
    """Deliveries that one of these units received or took over. Only the unit that answers may act on them."""
    return Q(**{f"{through}agency_id__in": units}) | Q(**{f"{through}successor_id__in": units})


def inbox_rank(at: datetime) -> Case:
    """First criterion of the inbox's order: overdue 0, urgent 1, with a due time 2, others 3."""
    return Case(
        When(due_at__lt=at, then=Value(0)),
        When(circular__urgency=Urgency.URGENT, then=Value(1)),
        When(due_at__isnull=False, then=Value(2)),
        default=Value(3),
        output_field=SmallIntegerField(),
    )


LONG_TEXTS_OF_LETTER = (
    "body",
    "source_text",
    "reading",
    "superseded_by__body",
    "superseded_by__source_text",
    "superseded_by__reading",
)
LONG_TEXTS = tuple(f"circular__{name}" for name in LONG_TEXTS_OF_LETTER)
