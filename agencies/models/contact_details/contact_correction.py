"""Corrections of a unit's contact details by its own people."""

from datetime import UTC, datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models.agency import Agency
from agencies.models.contact_details.one_time_code import six_digits
from agencies.models.person import User

CODE_LASTS = timedelta(minutes=15)
CODE_TRIES = 5


class ContactField(models.TextChoices):
    """What is corrected; the values are columns of Agency.

    A new e-mail address counts once the code sent there is given; a KEP address once the directory administrator
    accepts it; a telephone number at once.
    """

    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    KEP = "kep_address", _("KEP address")


class CorrectionEnd(models.TextChoices):
    REPLACED = "replaced", _("Replaced by a later correction")
    REFUSED = "refused", pgettext_lazy("correction", "Refused")
    UNDONE = "undone", _("Undone")


class ContactCorrectionQuerySet(models.QuerySet["ContactCorrection"]):
    """Sets of corrections."""

    def waiting(self) -> Self:
        """Neither applied nor ended."""
        return self.filter(applied_at=None, ended_at=None)

    def to_accept(self) -> Self:
        """KEP addresses that wait for a directory administrator; the others wait for a code."""
        return self.waiting().filter(field="kep_address")


class ContactCorrection(models.Model):
    """One detail that a person of the unit wants to be another. It is applied when `applied_at` is set."""

    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="contact_corrections", verbose_name=_("agency")
    )
    field = models.CharField(_("detail"), max_length=12, choices=ContactField)
    before = models.CharField(pgettext_lazy("value", "before"), max_length=254, blank=True)
    after = models.CharField(pgettext_lazy("value", "after"), max_length=254, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("corrected by"))
    asked_at = models.DateTimeField(_("corrected"))
    tries = models.PositiveSmallIntegerField(default=0)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_as = models.CharField(_("end"), max_length=10, choices=CorrectionEnd, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )

    objects = ContactCorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("correction of contact details")
        verbose_name_plural = _("corrections of contact details")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "field"],
                condition=Q(applied_at__isnull=True, ended_at__isnull=True),
                name="one_waiting_correction",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_as="") | Q(ended_at__isnull=False) & ~Q(ended_as=""),
                name="correction_ended_as_something",
            ),
        ]
        indexes = [models.Index(fields=["-asked_at", "-id"], name="correction_latest")]

    def __str__(self) -> str:
        return f"{self.agency} {self.field}: {self.after}"

    @property
    def digits(self) -> str:
        """The six digits, which are not stored."""
        moment = self.asked_at.astimezone(UTC).isoformat(timespec="microseconds")
        return six_digits("agencies.contact_correction", f"{self.pk}:{self.agency_id}:{moment}")

    @property
    def expires_at(self) -> datetime:
        return self.asked_at + CODE_LASTS

    @property
    def tries_left(self) -> int:
        return max(CODE_TRIES - self.tries, 0)

    @property
    def is_waiting(self) -> bool:
        return self.applied_at is None and self.ended_at is None

    @property
    def is_applied(self) -> bool:
        return self.applied_at is not None and self.ended_at is None

    @property
    def is_in_force(self) -> bool:
        """Whether its value is the one that the unit has now."""
        return self.is_applied and getattr(self.agency, self.field) == self.after

    def code_is_open(self, at: datetime) -> bool:
        """Whether its code can still be used."""
        return self.is_waiting and self.tries_left > 0 and self.expires_at > at
