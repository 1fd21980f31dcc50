"""Deputyships: a deputy acts for an absent person in one unit during a period (vekâlet, Y 17/10)."""

from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def in_force(on: date, prefix: str = "") -> Q:
    """Condition: the deputyship is in force that day and not ended early; `prefix` is the lookup path to it."""
    return Q(
        **{f"{prefix}active_from__lte": on, f"{prefix}active_to__gt": on, f"{prefix}ended_at__isnull": True}
    )


class DeputyshipQuerySet(models.QuerySet["Deputyship"]):
    """Sets of deputyships."""

    def active(self, on: date) -> Self:
        """Deputyships in force on that day and not ended early."""
        return self.filter(in_force(on))

    def standing(self, on: date) -> Self:
        """Deputyships in force on that day or later."""
        return self.filter(active_to__gt=on, ended_at=None)


class Deputyship(models.Model):
    """The deputy has the absent person's rights in the unit; events record both people."""

    absent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="deputies", verbose_name=_("absent person")
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="deputises_for", verbose_name=_("deputy")
    )
    agency = models.ForeignKey(
        "agencies.Agency", models.PROTECT, related_name="deputyships", verbose_name=_("agency")
    )
    active_from = models.DateField(_("from"))
    active_to = models.DateField(_("until before"), help_text=_("The first day on which it no longer holds."))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = DeputyshipQuerySet.as_manager()

    class Meta:
        ordering = ["-active_from", "-pk"]
        verbose_name = _("deputyship")
        verbose_name_plural = _("deputyships")
        indexes = [models.Index(fields=["deputy", "active_from"], name="deputyship_of_deputy")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(absent=F("deputy")),
                name="nobody_is_their_own_deputy",
                violation_error_message=_("Nobody is their own deputy: choose another person."),
            ),
            models.CheckConstraint(
                condition=Q(active_to__gt=F("active_from")),
                name="deputyship_ends_after_it_begins",
                violation_error_message=_("The last day must not be before the first one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} → {self.absent} · {self.agency}"

    @property
    def last_day(self) -> date:
        """The last day on which it is in force."""
        return self.active_to - timedelta(days=1)
