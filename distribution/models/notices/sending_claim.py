"""A worker's claim on a batch of notices, renewed while the worker lives."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

RENEWED_EVERY = timedelta(seconds=8)
"""A worker renews its claim so often; see STUCK_AFTER."""


class SendingClaim(models.Model):
    """The notices with the same `claimed_at` are claimed by one task. Without a renewed claim their worker is dead."""

    claimed_at = models.DateTimeField(_("claimed"), primary_key=True)
    renewed_at = models.DateTimeField(_("renewed"))

    class Meta:
        verbose_name = _("claim of a worker")
        verbose_name_plural = _("claims of workers")

    def __str__(self) -> str:
        return self.claimed_at.isoformat()
