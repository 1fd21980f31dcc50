"""Assignments of a unit's copies to its people (havale). No other unit sees them."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.models.expressions import NEVER_DELETED, NEVER_TRUNCATED
from distribution.models.deliveries.delivery import Delivery

LONGEST_ASSIGNMENT_NOTE = 1000
"""Characters."""


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Query set of assignments. The rule on who may see them is in `distribution.visibility`."""

    def standing(self) -> Self:
        """Neither removed nor replaced by another one."""
        return self.filter(ended_at=None)


class Assignment(models.Model):
    """A person of the unit looks after its copy. It confirms nothing: that stays the unit's duty.

    A row and no event (docs/decisions, assignments within a unit). Each assignment keeps its row; a database trigger
    refuses every change but its end.
    """

    delivery = models.ForeignKey(
        Delivery, models.PROTECT, related_name="assignments", verbose_name=_("delivery")
    )
    unit = models.ForeignKey(
        Agency, models.PROTECT, related_name="+", db_index=False, verbose_name=_("unit that assigned it")
    )
    person = models.ForeignKey(
        User, models.PROTECT, related_name="assignments", db_index=False, verbose_name=_("assigned to")
    )
    note = models.TextField(_("note"), blank=True, max_length=LONGEST_ASSIGNMENT_NOTE)
    assigned_at = models.DateTimeField(_("assigned"))
    assigned_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("assigned by")
    )
    assigned_for = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("as deputy of"),
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("ended by"),
    )
    has_left = False
    """Whether the person receives for the unit no more; set by `with_assignments` only."""

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["assigned_at", "pk"]
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [
            models.Index(
                fields=["person", "delivery"],
                condition=Q(ended_at__isnull=True),
                name="assignment_of_person",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["delivery"], condition=Q(ended_at__isnull=True), name="one_standing_assignment"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="assignment_ended_by_a_person",
            ),
        ]
        triggers = [
            NEVER_DELETED,
            pgtrigger.ReadOnly(name="only_ended", exclude=["ended_at", "ended_by"]),
            NEVER_TRUNCATED,
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} → {self.person}"
