"""What managers were told at once: a GÜNLÜDÜR letter that went overdue, an ACELE letter that nobody opens."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from circulars.models import Circular
from distribution.models.deliveries.delivery import Delivery


class AlertReason(models.TextChoices):
    """Why managers were told."""

    OVERDUE = "overdue", _("Overdue")
    UNOPENED = "unopened", _("Not opened")


class LateAlert(models.Model):
    """One e-mail about one letter, to each of its managers, with the units that it names."""

    circular = models.ForeignKey(
        Circular, models.PROTECT, related_name="late_alerts", verbose_name=_("circular")
    )
    reason = models.CharField(_("reason"), max_length=8, choices=AlertReason)
    at = models.DateTimeField(_("told"))
    people = models.PositiveSmallIntegerField(_("people told"), default=0)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")

    def __str__(self) -> str:
        return f"{self.circular} · {self.get_reason_display()}"


class LateAlertCopy(models.Model):
    """A copy that an alert named. A copy that was given more time since is told of again."""

    alert = models.ForeignKey(LateAlert, models.CASCADE, related_name="copies", verbose_name=_("alert"))
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, related_name="+", db_index=False, verbose_name=_("delivery")
    )
    reason = models.CharField(max_length=8, choices=AlertReason)
    due_at = models.DateTimeField(_("due"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "reason", "due_at"],
                nulls_distinct=False,
                name="copy_told_of_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alert} · {self.delivery.agency}"
