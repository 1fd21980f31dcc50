"""Declared administrative leave (idari izin): days off by decree."""

from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

LONGEST = timedelta(days=60)


class DeclaredLeaveQuerySet(models.QuerySet["DeclaredLeave"]):
    """Sets of declared leaves."""

    def touching(self, first: date, last: date) -> Self:
        """Leave in force that covers any day from `first` to `last`, inclusive."""
        return self.filter(first_day__lte=last, last_day__gte=first, removed_at=None)


class DeclaredLeave(models.Model):
    """Leave of the whole country or of one province; a single day may begin at 13.00."""

    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    afternoon_only = models.BooleanField(
        _("only the afternoon"), default=False, help_text=_("The single day is free from 13.00.")
    )
    province = models.ForeignKey(
        "agencies.Province",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("province"),
        help_text=_("Empty: the whole country."),
    )
    reason = models.CharField(_("reason"), max_length=200)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered at"))
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("removed by"),
    )
    removed_at = models.DateTimeField(_("removed at"), null=True, editable=False)
    in_due_times = models.BooleanField(db_default=False, editable=False)
    """Whether due times in working days take it into account; a task of every minute follows."""
    removal_reason = models.CharField(_("reason of the removal"), max_length=200, blank=True, editable=False)

    objects = DeclaredLeaveQuerySet.as_manager()

    class Meta:
        ordering = ["-first_day", "-pk"]
        verbose_name = _("declared leave")
        verbose_name_plural = _("declared leaves")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="leave_ends_after_it_begins",
                violation_error_message=_("The last day must not be before the first one."),
            ),
            models.CheckConstraint(
                condition=Q(afternoon_only=False) | Q(last_day=F("first_day")),
                name="afternoon_leave_is_one_day",
                violation_error_message=_("Only a single day can be free from noon."),
            ),
        ]

    def __str__(self) -> str:
        until = f"–{self.last_day:%d.%m.%Y}" if self.last_day != self.first_day else ""
        return f"{self.first_day:%d.%m.%Y}{until} {self.reason}"

    def clean(self) -> None:
        """Raises ValidationError for duplicate or implausibly long leave: a mistyped year would stop all reminders."""
        if not self.first_day or not self.last_day:
            return
        if self.last_day - self.first_day > LONGEST:
            raise ValidationError(
                {"last_day": _("Leave lasts at most 60 days. Look at the year, or enter it in parts.")}
            )
        if self.removed_at is not None:
            return
        twin = DeclaredLeave.objects.filter(
            first_day=self.first_day,
            last_day=self.last_day,
            afternoon_only=self.afternoon_only,
            province=self.province,
            removed_at=None,
        )
        if twin.exclude(pk=self.pk).exists():
            raise ValidationError(_("This leave is entered already: the same days and the same place."))

    def has_begun(self, on: date) -> bool:
        """Whether its first day has come, so that due times may already depend on it."""
        return self.first_day <= on
