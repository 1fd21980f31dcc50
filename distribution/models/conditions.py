"""Conditions on the columns of a delivery: what it still asks for, and which units it concerns."""

from collections.abc import Collection

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Q, Value
from django.db.models.functions import Coalesce

from agencies.models.expressions import IsAnyOf
from circulars.models import Purpose

LIVE = Q(returned_at__isnull=True, withdrawn_at__isnull=True, superseded_at__isnull=True)
OUTSTANDING = Q(
    acknowledged_at__isnull=True,
    returned_at__isnull=True,
    withdrawn_at__isnull=True,
    superseded_at__isnull=True,
)
UNANSWERED = LIVE & Q(
    acknowledged_at__isnull=False,
    completed_at__isnull=True,
    revised_at__isnull=True,
    purpose=Purpose.ACTION,
)
OWING = OUTSTANDING | UNANSWERED

OLDEST_FIRST = ("created_at",)
"""The order of the index of what is outstanding."""


def answering(through: str = "") -> Coalesce:
    """The id of the unit that answers for a delivery, as `Delivery.answering_unit` says it.

    `through` leads to the delivery from another model, as `delivery__`. Two partial indexes hold this expression.
    """
    return Coalesce(f"{through}successor_id", f"{through}agency_id")


def answered_by(units: Collection[int], through: str = "") -> Q:
    """One of these units answers for it: the recipient, or the successor of a recipient that was closed."""
    return any_of(answering(through), units)


def any_of(column: F | Coalesce, ids: Collection[int]) -> Q:
    """The column holds one of these ids, however many: they travel as one parameter."""
    return Q(IsAnyOf(column, Value(list(ids), ArrayField(BigIntegerField()))))


def received_by(units: Collection[int], through: str = "") -> Q:
    """One of these units received it or took it over; of both only the one that answers may act on it."""
    return Q(**{f"{through}agency_id__in": units}) | Q(**{f"{through}successor_id__in": units})


LONG_TEXTS = (
    "circular__body",
    "circular__source_text",
    "circular__superseded_by__body",
    "circular__superseded_by__source_text",
)
