"""Parts of a circular: attachments, and the printed lines of its distribution list."""

import uuid
from pathlib import Path

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.matching.lines import Unresolved
from circulars.models.plan import PlanVersion, PrintedLine
from circulars.withheld import Withheld


class AttachmentKind(models.TextChoices):
    """The unit in which an attachment's extent is counted (Y 18)."""

    SHEETS = "sheets", _("sheets")
    PIECES = "pieces", _("pieces")
    CARRIERS = "cd", _("discs or other carriers")


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """Storage path of an attachment's file."""
    return f"letters/{attachment.circular.public_id}/{uuid.uuid4().hex}{Path(filename).suffix.lower()[:8]}"


class Attachment(models.Model):
    """An attachment (Ek) named in the letter; its file is uploaded here or sent separately (Y 18)."""

    circular = models.ForeignKey(
        "circulars.Circular", models.CASCADE, related_name="attachments", verbose_name=_("circular")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=300)
    count = models.PositiveIntegerField(_("count"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=6, choices=AttachmentKind, blank=True)
    printed = models.BooleanField(_("named in the letter"), default=False)
    file = models.FileField(_("file"), upload_to=attachment_path, blank=True)
    file_name = models.CharField(_("file name"), max_length=255, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)

    is_withheld = False
    """Whether the recipient in question doesn't get it; set where attachments are listed for a recipient."""

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.title


def mark_withheld(attachments: list[Attachment], withheld: Withheld) -> None:
    """Set `is_withheld` of a letter's attachments. A printed attachment's number is its place among them."""
    number = 0
    for attachment in attachments:
        number += attachment.printed
        attachment.is_withheld = withheld.holds_back(number if attachment.printed else None)


class DistributionLine(PrintedLine):
    """One printed line of the Dağıtım, and the agency, the group or the plan it names.

    A line copied from a plan has the plan's version beside its agency or group. With a version and neither of
    the two, the line itself names the plan.
    """

    circular = models.ForeignKey(
        "circulars.Circular", models.CASCADE, related_name="lines", verbose_name=_("circular")
    )
    plan_version = models.ForeignKey(
        PlanVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("plan")
    )
    unresolved_reason = models.CharField(
        _("why it is unknown"), max_length=20, choices=Unresolved, blank=True
    )

    class Meta:
        ordering = ["position"]
        verbose_name = _("distribution line")
        verbose_name_plural = _("distribution lines")
        constraints = [
            models.UniqueConstraint(
                fields=["circular", "position"],
                name="one_line_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=True) | Q(group__isnull=True), name="line_is_agency_or_group"
            ),
        ]

    @property
    def is_resolved(self) -> bool:
        return self.agency_id is not None or self.group_id is not None or self.plan_version_id is not None

    @property
    def names_plan(self) -> bool:
        """Whether the line names a whole plan."""
        return self.plan_version_id is not None and self.agency_id is None and self.group_id is None
