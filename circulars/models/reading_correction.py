"""What people corrected in the reader's results, kept if the settings say so."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from circulars.models.circular import Circular


class ReadingCorrection(models.Model):
    """One field of one letter that a person corrected, or called right. Never the letter's text.

    It is deleted with the letter.
    """

    circular = models.ForeignKey(Circular, models.CASCADE, related_name="reading_corrections")
    reader_version = models.CharField(max_length=20)
    field = models.CharField(_("field"), max_length=30)
    """The form's field."""
    read_value = models.TextField()
    second_value = models.TextField(blank=True)
    """What the reader would have read otherwise."""
    was_sure = models.BooleanField()
    reason = models.CharField(max_length=30, blank=True)
    """Why the reader was not sure."""
    corrected_value = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("correction of a reading")
        verbose_name_plural = _("corrections of readings")
        constraints = [models.UniqueConstraint(fields=["circular", "field"], name="one_correction_per_field")]

    def __str__(self) -> str:
        return f"{self.field}: {self.read_value} → {self.corrected_value}"
