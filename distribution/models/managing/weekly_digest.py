"""A weekly digest for one person about one unit: its figures, its PDF and the mail that takes it."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.models.maintenance import STUCK_AFTER
from distribution.models.notices.notice import Notice

MOST_ATTEMPTS = 3
"""After as many workers have ended while they prepared it, the digest goes without its PDF."""

PDF_KEPT_FOR = timedelta(days=30)


class WeeklyDigestQuerySet(models.QuerySet["WeeklyDigest"]):
    """Sets of weekly digests."""

    def unprepared(self) -> Self:
        """Those whose mail isn't written."""
        return self.filter(notice=None, dropped_at=None)

    def to_be_prepared(self, at: datetime) -> Self:
        """Those that no live worker prepares."""
        free = Q(claimed_at=None) | Q(claimed_at__lt=at - STUCK_AFTER)
        return self.unprepared().filter(free)


class WeeklyDigest(models.Model):
    """The digest of one week. The row is authoritative: a worker fills it and writes its mail in one transaction."""

    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    unit = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False, verbose_name=_("unit"))
    week = models.DateField(_("Monday of the week"))
    created_at = models.DateTimeField(_("due since"))
    claimed_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    figures = models.JSONField(default=dict, editable=False)
    pdf = models.BinaryField(null=True, editable=False)
    notice = models.OneToOneField(
        Notice, models.PROTECT, null=True, related_name="weekly_digest", verbose_name=_("notice")
    )
    dropped_at = models.DateTimeField(_("no longer wanted"), null=True)

    objects = WeeklyDigestQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly digest")
        verbose_name_plural = _("weekly digests")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "unit", "week"], name="one_digest_per_person_unit_and_week"
            ),
            models.CheckConstraint(
                condition=Q(notice=None) | Q(dropped_at=None), name="dropped_digest_has_no_mail"
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(notice=None, dropped_at=None), name="digest_unprepared"
            ),
            models.Index(fields=["created_at"], condition=Q(pdf__isnull=False), name="digest_with_pdf"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.unit} · {self.week:%d.%m.%Y}"
