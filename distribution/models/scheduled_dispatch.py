"""A letter that leaves by itself at a moment, until which the dispatch can be cancelled."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from circulars.models import Circular


class NotSentReason(models.TextChoices):
    """Why a scheduled dispatch didn't take place. The labels are sentences for the screen."""

    CHANGED = "changed", _("Its content or its recipients were no longer those that had been confirmed.")
    BLOCKED = "blocked", _("Something stood in the way of the dispatch.")
    NO_SENDER = "no_sender", _("The person who had scheduled it no longer sends for the unit.")


class ScheduledDispatchQuerySet(models.QuerySet["ScheduledDispatch"]):
    """Sets of scheduled dispatches."""

    def due(self, *, at: datetime) -> Self:
        """Those that take place by this moment."""
        return self.filter(failed_at=None, leaves_at__lte=at)


class ScheduledDispatch(models.Model):
    """The dispatch of a letter with the status `scheduled`; after it failed, of one that is a draft again."""

    circular = models.OneToOneField(
        Circular,
        models.CASCADE,
        primary_key=True,
        related_name="scheduled_dispatch",
        verbose_name=_("circular"),
    )
    leaves_at = models.DateTimeField(_("is dispatched at"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    asked_at = models.DateTimeField(_("scheduled at"))
    content_digest = models.CharField(max_length=64, editable=False)
    """`Preflight.content_digest` of what the person confirmed."""
    failed_at = models.DateTimeField(_("not dispatched at"), null=True, editable=False)
    reason = models.CharField(max_length=12, choices=NotSentReason, blank=True, editable=False)

    objects = ScheduledDispatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheduled dispatch")
        verbose_name_plural = _("scheduled dispatches")
        indexes = [
            models.Index(fields=["leaves_at"], condition=Q(failed_at=None), name="scheduled_dispatch_due")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(failed_at__isnull=True, reason="") | Q(failed_at__isnull=False) & ~Q(reason=""),
                name="failed_dispatch_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.circular} @ {self.leaves_at:%Y-%m-%d %H:%M}"
