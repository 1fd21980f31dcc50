"""Signs of life of what runs in the background. A missing sign tells that sending stands still."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """One periodic job: when it last ran, and since when it fails."""

    class Job(models.TextChoices):
        SWEEP = "sweep", _("Sending in the background")
        MAILBOX = "mailbox", _("Mailbox for returned mail")

    job = models.CharField(_("job"), max_length=20, choices=Job, primary_key=True)
    at = models.DateTimeField(_("last run"))
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self) -> str:
        return self.get_job_display()
