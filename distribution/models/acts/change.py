"""Append-only log of what the sender did with a letter after the dispatch."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.models.expressions import append_only
from circulars.models import Circular


class ChangeKind(models.TextChoices):
    PAUSED = "paused", _("Sending paused")
    RESUMED = "resumed", _("Sending resumed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ADDED = "added", _("Recipient added")
    REMOVED = "removed", _("Recipient removed")
    SENT_AGAIN = "sent_again", _("Sent again after a return")
    RETURN_ACCEPTED = "return_accepted", _("Return accepted")
    DUE_CHANGED = "due_changed", _("Due time changed")
    CORRECTED = "corrected", _("Corrected by a new revision")
    REPLACED = "replaced", _("Replaced by another letter")
    SCHEDULE_CHANGED = "schedule_changed", _("Reminder schedule changed")
    REMINDED_BY_HAND = "nudged", _("Reminded by hand")
    TEKIT_DRAFTED = "tekit_drafted", _("Tekit letter drafted")


class CircularChange(models.Model):
    """One action on a sent letter: what, when, by whom."""

    circular = models.ForeignKey(Circular, models.PROTECT, related_name="changes", verbose_name=_("circular"))
    kind = models.CharField(_("kind"), max_length=20, choices=ChangeKind)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    data = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("change of a circular")
        verbose_name_plural = _("changes of circulars")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.circular_id} {self.kind}"
