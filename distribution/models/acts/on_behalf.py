"""What a unit confirmed or answered outside the product, as the unit that gave it the letter recorded it."""

import uuid
from pathlib import Path
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.models.expressions import append_only
from distribution.models.deliveries.conditions import in_force
from distribution.models.deliveries.delivery import Delivery
from distribution.models.deliveries.stage import Disposition, SaidThrough


def record_path(record: "OnBehalfRecord", filename: str) -> str:
    """Storage path of the file of a record. The original file name is stored in `file_name`."""
    return f"on-behalf/{record.delivery.public_id}/{uuid.uuid4().hex}{Path(filename).suffix.lower()[:8]}"


class RecordEnd(models.TextChoices):
    """Why a record holds no longer."""

    REPLACED = "replaced", _("Replaced by the unit's own confirmation or answer")
    OBJECTED = "objected", _("The unit objected")
    TAKEN_BACK = "taken_back", _("Taken back by the sender")


class OnBehalfRecordQuerySet(models.QuerySet["OnBehalfRecord"]):
    """Query set of records on behalf of units."""

    def holding(self) -> Self:
        """Neither replaced by the unit's own act, nor objected to, nor taken back."""
        return self.filter(ended_at=None)

    def contested(self) -> Self:
        """The unit objected, and what was recorded is still missing from a copy in force."""
        missing = Q(delivery__acknowledged_at=None) | ~Q(disposition="") & Q(delivery__completed_at=None)
        return self.filter(missing, in_force("delivery__"), ended_as=RecordEnd.OBJECTED)


class OnBehalfRecord(models.Model):
    """A confirmation or an answer that a unit gave by telephone, on paper or otherwise, recorded by the sender.

    An answer has a disposition; `confirms` says whether it confirmed the letter too, which an earlier confirmation
    makes unnecessary.
    """

    delivery = models.ForeignKey(
        Delivery, models.PROTECT, related_name="on_behalf_records", verbose_name=_("delivery")
    )
    confirms = models.BooleanField(_("confirms the letter"))
    disposition = models.CharField(_("disposition"), max_length=15, choices=Disposition, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    by_giver = models.BooleanField(
        _("recorded by the unit that passed the letter on"),
        default=False,
        db_default=False,
        help_text=_("Otherwise by the issuer."),
    )
    channel = models.CharField(_("how"), max_length=10, choices=SaidThrough)
    said_by = models.CharField(_("said by"), max_length=120)
    said_by_title = models.CharField(_("position"), max_length=120)
    said_at = models.DateTimeField(_("said at"))
    register_number = models.CharField(_("recipient's register number"), max_length=60, blank=True)
    note = models.TextField(_("note"), blank=True)
    file = models.FileField(_("file"), upload_to=record_path, blank=True)
    file_name = models.CharField(_("file name"), max_length=255, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"))
    ended_as = models.CharField(_("ended as"), max_length=10, choices=RecordEnd, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    ended_name = models.CharField(_("ended by, by link"), max_length=250, blank=True)
    end_reason = models.TextField(_("reason"), blank=True)

    objects = OnBehalfRecordQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("record on behalf of a unit")
        verbose_name_plural = _("records on behalf of units")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirms=True) | ~Q(disposition=""), name="on_behalf_confirms_or_answers"
            ),
            models.CheckConstraint(
                condition=~Q(disposition=Disposition.NOT_APPLICABLE) | ~Q(answer=""),
                name="on_behalf_not_applicable_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_as="") | Q(ended_at__isnull=False) & ~Q(ended_as=""),
                name="on_behalf_ended_somehow",
            ),
            models.CheckConstraint(
                condition=~Q(ended_as__in=[RecordEnd.OBJECTED, RecordEnd.TAKEN_BACK]) | ~Q(end_reason=""),
                name="on_behalf_ended_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["delivery"],
                condition=Q(ended_at__isnull=True, disposition=""),
                name="one_confirmation_on_behalf",
            ),
            models.UniqueConstraint(
                fields=["delivery"],
                condition=Q(ended_at__isnull=True) & ~Q(disposition=""),
                name="one_answer_on_behalf",
            ),
        ]
        indexes = [
            models.Index(
                fields=["recorded_at"], condition=Q(ended_at__isnull=True), name="on_behalf_holding"
            ),
            models.Index(
                fields=["ended_at"], condition=Q(ended_as=RecordEnd.OBJECTED), name="on_behalf_objected"
            ),
        ]
        triggers = append_only(changing=("ended_as", "ended_at", "ended_by", "ended_name", "end_reason"))

    def __str__(self) -> str:
        return f"{self.delivery} {self.get_channel_display()} {self.said_at:%d.%m.%Y}"

    @property
    def is_answer(self) -> bool:
        return bool(self.disposition)

    @property
    def recorded_for(self) -> Agency:
        """The unit that made the record: the issuer, or the unit that passed the letter on."""
        return self.delivery.giver if self.by_giver else self.delivery.circular.issuer

    @property
    def is_holding(self) -> bool:
        return self.ended_at is None

    @property
    def ended_by_whom(self) -> str:
        """Name of the user who ended it, or the name and title that were given with a link."""
        return str(self.ended_by or self.ended_name)

    @property
    def said_by_whom(self) -> str:
        """Name and position of the person of the unit."""
        return f"{self.said_by}, {self.said_by_title}"
