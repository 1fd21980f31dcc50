"""A notice: a message that has to leave, through one channel, for one delivery."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from distribution.models.delivery import Delivery


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")


class NoticeState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


BACKOFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 720)]
STUCK_AFTER = timedelta(minutes=10)


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Sets of notices."""

    def due(self, at: datetime) -> Self:
        """Waiting, and their moment has come."""
        return self.filter(state=NoticeState.WAITING, next_attempt_at__lte=at)

    def stuck(self, at: datetime) -> Self:
        """Claimed so long ago that the worker which claimed them must be dead."""
        return self.filter(state=NoticeState.SENDING, claimed_at__lt=at - STUCK_AFTER)


class Notice(models.Model):
    """A message that has to leave. The row is the truth; a queued task only wakes a worker up."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="notices", verbose_name=_("delivery"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    address = models.EmailField(_("address"))
    message_id = models.CharField(_("Message-ID"), max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=NoticeState, default=NoticeState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], condition=Q(state=NoticeState.WAITING), name="notice_due"
            ),
            models.Index(
                fields=["claimed_at"], condition=Q(state=NoticeState.SENDING), name="notice_claimed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} → {self.address}"
