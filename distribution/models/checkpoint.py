"""Signed checkpoints: what was stored at a moment, so that rewriting it later is seen."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models.expressions import append_only
from distribution.models.sha256 import Sha256Field


class Checkpoint(models.Model):
    """A signed statement about the rows sealed since the one before (docs/evidence.md)."""

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField()
    statement = models.TextField()
    signature = models.BinaryField(editable=False)

    class Meta:
        ordering = ["number"]
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.number} {self.at:%Y-%m-%d %H:%M}"


class Seal(models.Model):
    """The digest of one row as it was at the checkpoint: of its columns that never change, or of an event its hash."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="seals")
    table = models.CharField(max_length=63)
    row = models.BigIntegerField()
    digest = Sha256Field(editable=False)

    class Meta:
        verbose_name = _("seal of a row")
        verbose_name_plural = _("seals of rows")
        constraints = [models.UniqueConstraint(fields=["table", "row"], name="one_seal_per_row")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.table} {self.row}"
