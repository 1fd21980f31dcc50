"""What stands below a delivery: how far the letter got there, and who may see it."""

from dataclasses import dataclass
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.models import Agency, Membership, Role, User

Row = TypeVar("Row", bound=models.Model, covariant=True)


@dataclass(frozen=True)
class Below:
    """Units to any depth to which the letter was passed on. Returned, withdrawn and covered copies don't count.

    `for_action` are those that have to complete it; `done` is a share of them.
    """

    units: int = 0
    reached: int = 0
    acknowledged: int = 0
    for_action: int = 0
    done: int = 0

    @property
    def outstanding(self) -> int:
        return self.units - self.acknowledged


class BranchQuerySet(models.QuerySet[Row]):
    """Sets of deliveries by the units whose branches they begin."""

    def of_units(self, units: models.QuerySet[Agency]) -> Self:
        """What the units received or took over, and what was received by units that were closed into them."""
        ids = units.order_by().values("pk")
        closed = Agency.objects.filter(active_to__lte=timezone.localdate()).filter(
            Q(successor__in=ids)
            | Q(successor__successor__in=ids)
            | Q(successor__successor__successor__in=ids)
        )
        return self.filter(
            Q(agency__in=ids) | Q(successor__in=ids) | Q(agency__in=closed.order_by().values("pk"))
        )

    def held_by(self, user: User) -> Self:
        """Whose branches the person may see: those of units that the person receives for, or manages from above."""
        receives = list(Membership.objects.agencies_of(user, Role.RECIPIENT))
        manages = list(Membership.objects.agencies_of(user, Role.MANAGER))
        return self.of_units(Agency.objects.filter(Q(pk__in=receives) | Q(path__overlap=manages)))
