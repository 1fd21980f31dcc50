"""What one unit owes: to the letters of a reader as seen from outside, and to everybody as seen by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Count, F, Q
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from distribution.models import Delivery
from distribution.models.deliveries.conditions import (
    LONG_TEXTS,
    OUTSTANDING,
    OWING,
    UNANSWERED,
    answered_by,
    answering,
    any_of,
)
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.queries.sending.owed import Due, due_when, most_pressing_first
from distribution.visibility import followed_within, received_within


class OwedPart(models.TextChoices):
    """A part of what is owed. What is overdue is in one of the other two as well."""

    CONFIRMATION = "confirm", _("To confirm")
    ANSWER = "answer", _("To answer")
    OVERDUE = "overdue", _("Overdue")


@dataclass(frozen=True)
class OwedCounts:
    """What is owed by one unit, or to one issuer."""

    agency: Agency
    to_confirm: int
    to_answer: int
    overdue: int


def owed_among(tracked: DeliveryQuerySet, unit: Agency, at: datetime) -> list[OwedCounts]:
    """What the unit owes of the deliveries that a reader tracks, by issuer. At most two queries."""
    return _counted(tracked.filter(OWING, answered_by([unit.pk])), F("circular__issuer"), at)


@dataclass(frozen=True)
class OwedByUnit:
    """The copies (ids) that a unit and the units below it owe something for, as far as the user may know."""

    copies: Sequence[int]

    def by_unit(self, at: datetime) -> list[OwedCounts]:
        """By the unit that answers, in protocol order."""
        return _counted(self._rows(), answering(), at)

    def by_issuer(self, at: datetime) -> list[OwedCounts]:
        """By the issuer of the letter, in protocol order."""
        return _counted(self._rows(), F("circular__issuer"), at)

    def rows(
        self,
        at: datetime,
        *,
        part: OwedPart | None = None,
        unit: int | None = None,
        issuer: int | None = None,
    ) -> DeliveryQuerySet:
        """The copies behind a count, the most pressing first."""
        rows = self._rows()
        if part is not None:
            rows = rows.filter(condition_of(part, at))
        if unit is not None:
            rows = rows.filter(answered_by([unit]))
        if issuer is not None:
            rows = rows.filter(circular__issuer=issuer)
        related = rows.select_related("circular__issuer", "agency", "successor").defer(*LONG_TEXTS)
        return related.order_by(*most_pressing_first(at))

    def _rows(self) -> DeliveryQuerySet:
        return Delivery.objects.filter(any_of(F("pk"), self.copies)).order_by()


def owed_by_unit(user: User, unit: Agency) -> OwedByUnit:
    """What the unit owes, what units below it owe that the user may follow, and what it passed on. Six queries."""
    own = Delivery.objects.filter(OWING, answered_by(followed_within(user, unit)))
    received = list(received_within([unit.pk]).order_by().values_list("pk", flat=True))
    passed_on = Delivery.objects.filter(OWING, any_of(F("parent_id"), received))
    found = {pk for each in (own, passed_on) for pk in each.order_by().values_list("pk", flat=True)}
    return OwedByUnit(sorted(found))


def condition_of(part: OwedPart, at: datetime) -> Q:
    """The condition on copies that owe something."""
    match part:
        case OwedPart.CONFIRMATION:
            return OUTSTANDING
        case OwedPart.ANSWER:
            return UNANSWERED
        case OwedPart.OVERDUE:
            return due_when(Due.OVERDUE, at)


def _counted(owing: DeliveryQuerySet, by: Combinable, at: datetime) -> list[OwedCounts]:
    parts = {part.name.lower(): Count("pk", filter=condition_of(part, at)) for part in OwedPart}
    counted = owing.order_by().values_list(by).annotate(**parts)
    numbers = {agency: tuple(found) for agency, *found in counted}
    agencies = Agency.objects.filter(pk__in=numbers).order_by("protocol_order", "sort_key", "pk")
    return [OwedCounts(each, *numbers[each.pk]) for each in agencies] if numbers else []
