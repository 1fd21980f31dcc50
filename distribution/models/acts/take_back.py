"""Taking back a unit's own confirmation, answer or return (docs/decisions/0041-taking-back.md)."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import User
from agencies.models.expressions import append_only
from distribution.models.acts.event import EventKind
from distribution.models.deliveries.delivery import Delivery
from distribution.models.deliveries.stage import Act

TAKE_BACK_WITHIN = timedelta(minutes=15)
"""How long after its act a unit takes it back by itself; afterwards it asks the unit that gave the letter."""

EVENT_OF_ACT = {
    Act.ACKNOWLEDGED: EventKind.ACKNOWLEDGED,
    Act.COMPLETED: EventKind.COMPLETED,
    Act.RETURNED: EventKind.RETURNED,
}
"""The kind of event that records each act."""


@dataclass(frozen=True)
class LastAct:
    """What a unit did last with its copy, and when."""

    act: Act
    at: datetime

    @property
    def until(self) -> datetime:
        """The moment from which the unit has to ask."""
        return self.at + TAKE_BACK_WITHIN

    @property
    def stamp(self) -> str:
        """Names this very act, so that a page that is out of date doesn't take back a later one."""
        return f"{self.act.value}@{self.at.astimezone(UTC).isoformat()}"


def last_act(delivery: Delivery) -> LastAct | None:
    """The act that may be taken back: a return before the answer, the answer before the confirmation.

    None if the unit did nothing, or if the copy was withdrawn, revised or is covered by another one. What only the
    sender recorded is no act of the unit: it objects to that.
    """
    if (
        delivery.withdrawn_at
        or delivery.superseded_at
        or delivery.revised_at
        or delivery.circular.is_withdrawn
    ):
        return None
    for act in (Act.RETURNED, Act.COMPLETED, Act.ACKNOWLEDGED):
        moment: datetime | None = getattr(delivery, f"{act.value}_at")
        if moment is not None:
            return None if getattr(delivery, f"{act.value}_on_behalf", False) else LastAct(act, moment)
    return None


class TakeBackRequestQuerySet(models.QuerySet["TakeBackRequest"]):
    """Query set of requests to take an act back."""

    def undecided(self) -> Self:
        """Undecided requests whose act is still the last one of a copy in force; the SQL form of `last_act`."""
        stands = (
            Q(act=Act.RETURNED, delivery__returned_at=F("act_at"))
            | Q(act=Act.COMPLETED, delivery__completed_at=F("act_at"), delivery__returned_at=None)
            | Q(
                act=Act.ACKNOWLEDGED,
                delivery__acknowledged_at=F("act_at"),
                delivery__completed_at=None,
                delivery__returned_at=None,
            )
        )
        return self.filter(
            stands,
            decided_at=None,
            delivery__withdrawn_at=None,
            delivery__superseded_at=None,
            delivery__revised_at=None,
            delivery__circular__withdrawn_at=None,
        )


class TakeBackRequest(models.Model):
    """A unit's request to take its act back. The unit that sent or passed on the letter grants or refuses it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, related_name="take_back_requests", verbose_name=_("delivery")
    )
    act = models.CharField(_("act"), max_length=12, choices=Act)
    act_at = models.DateTimeField(_("moment of the act"))
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    asked_name = models.CharField(max_length=250, blank=True, default="", db_default="", editable=False)
    """Name and title of a person without an account."""
    asked_at = models.DateTimeField(_("asked at"))
    granted = models.BooleanField(_("granted"), null=True, blank=True)
    answer = models.TextField(pgettext_lazy("decision", "answer"), blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = TakeBackRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = _("request to take back")
        verbose_name_plural = _("requests to take back")
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "act", "act_at"],
                condition=Q(decided_at__isnull=True),
                name="one_open_take_back_request",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, granted__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False, granted__isnull=False),
                name="take_back_decided_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(granted__isnull=True) | Q(granted=True) | ~Q(answer=""),
                name="take_back_refused_with_a_word",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=False, asked_name="")
                | Q(asked_by__isnull=True) & ~Q(asked_name=""),
                name="take_back_asked_by_a_person",
            ),
        ]
        triggers = append_only(changing=("granted", "answer", "decided_by", "decided_at"))

    def __str__(self) -> str:
        return f"{self.delivery} {self.act}"

    @property
    def is_open(self) -> bool:
        return self.decided_at is None

    @property
    def asked_person(self) -> str:
        """Name of the person who asked, with the title of one without an account."""
        return str(self.asked_by or self.asked_name)

    @property
    def stamp(self) -> str:
        """The stamp of the act, as in LastAct."""
        return LastAct(Act(self.act), self.act_at).stamp
