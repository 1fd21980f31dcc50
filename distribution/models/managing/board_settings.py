"""What one person has set for the board of one unit, and how far they have looked at what became late."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User


class Weekday(models.IntegerChoices):
    """Days on which a weekly digest can be asked for, numbered as `date.isoweekday`."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")


class BoardSettings(models.Model):
    """One person's settings for one unit. Without a row: no digest, e-mails at once, nothing looked at yet.

    The row grants nothing: whoever has it is asked for the role each time.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("person"))
    unit = models.ForeignKey(Agency, models.CASCADE, related_name="+", verbose_name=_("unit"))
    late_looked_at = models.DateTimeField(_("looked at what became late"), null=True, blank=True)
    """What was overdue by then is no news to the person."""
    digest_day = models.PositiveSmallIntegerField(
        _("day of the weekly digest"), choices=Weekday, null=True, blank=True
    )
    digest_hour = models.TimeField(_("hour of the weekly digest"), null=True, blank=True)
    digest_chosen_at = models.DateTimeField(_("weekly digest chosen"), null=True, blank=True)
    """Digests that would have been sent before aren't."""
    wants_alerts = models.BooleanField(_("e-mail at once"), default=True)

    class Meta:
        verbose_name = _("settings of a board")
        verbose_name_plural = _("settings of boards")
        constraints = [
            models.UniqueConstraint(fields=["person", "unit"], name="one_board_settings_per_person_and_unit"),
            models.CheckConstraint(
                condition=Q(digest_day=None, digest_hour=None, digest_chosen_at=None)
                | Q(digest_day__in=Weekday.values, digest_hour__isnull=False, digest_chosen_at__isnull=False),
                name="digest_has_day_and_hour",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.unit}"

    @property
    def wants_digest(self) -> bool:
        return self.digest_day is not None
