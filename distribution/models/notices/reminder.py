"""Steps of a reminder schedule, by urgency or of a single letter."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from circulars.models import Circular, Urgency


class Anchor(models.TextChoices):
    SENT = "sent", _("after the dispatch")
    BEFORE_DUE = "before_due", _("before the due time")
    AFTER_DUE = "after_due", _("after the due time")


class StepUnit(models.TextChoices):
    """Unit of a step's offset. Working days follow the official calendar; hours run around the clock, for ACELE."""

    WORKING_DAYS = "working_days", _("working days")
    HOURS = "hours", _("hours")


class StepAction(models.TextChoices):
    REMIND = "remind", _("Remind the unit")
    ESCALATE = "escalate", _("Tell the unit above it and our manager")


class ReminderStep(models.Model):
    """One step of a schedule: of a letter if `circular` is set, otherwise of the default for its urgency.

    Offset 0 after the due time means the due day itself.
    """

    circular = models.ForeignKey(
        Circular,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="reminder_steps",
        verbose_name=_("circular"),
    )
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency, blank=True)
    anchor = models.CharField(_("counted"), max_length=10, choices=Anchor)
    amount = models.PositiveSmallIntegerField(_("how many"))
    unit = models.CharField(_("unit"), max_length=12, choices=StepUnit, default=StepUnit.WORKING_DAYS)
    action = models.CharField(_("what happens"), max_length=10, choices=StepAction)

    class Meta:
        ordering = ["anchor", "amount", "pk"]
        verbose_name = _("reminder step")
        verbose_name_plural = _("reminder steps")
        constraints = [
            models.CheckConstraint(
                condition=Q(unit=StepUnit.WORKING_DAYS) | Q(urgency=Urgency.URGENT),
                name="hours_only_for_urgent",
                violation_error_message=_("Only ACELE letters are reminded by the hour."),
            ),
            models.UniqueConstraint(
                fields=["circular", "urgency", "anchor", "amount", "unit", "action"],
                name="one_reminder_step_each",
                nulls_distinct=False,
                violation_error_message=_("The schedule has this step already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.get_unit_display()} {self.get_anchor_display()}: {self.get_action_display()}"

    @property
    def key(self) -> str:
        """Identifies the step within its schedule."""
        return f"{self.anchor}.{self.amount}.{self.unit}.{self.action}"
