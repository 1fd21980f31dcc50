"""Columns of a delivery's confirmation and answer: when, by whom, and whether only the sender recorded them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from distribution.models.deliveries.stage import Disposition
from distribution.models.sha256 import Sha256Field


class Confirmation(models.Model):
    """Confirmed and answered by a user of the unit, by link under a given name, or as its sender recorded it.

    What the sender recorded on the unit's behalf has the name of the person of the unit who said so, and no
    SHA-256, because nothing was read on a screen. The unit's own act replaces it.
    """

    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("acknowledged by"),
    )
    acknowledged_for = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("as deputy of"),
    )
    acknowledged_name = models.CharField(_("confirmed by link: name"), max_length=120, blank=True)
    acknowledged_title = models.CharField(_("confirmed by link: title"), max_length=120, blank=True)
    acknowledged_sha256 = Sha256Field(blank=True, editable=False)
    acknowledged_on_behalf = models.BooleanField(
        _("confirmation recorded by the sender"), default=False, db_default=False, editable=False
    )
    register_number = models.CharField(_("recipient's register number"), max_length=60, blank=True)
    disposition = models.CharField(_("disposition"), max_length=15, choices=Disposition, blank=True)
    answer_note = models.TextField(_("answer"), blank=True)
    completed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("answered by"),
    )
    completed_name = models.CharField(max_length=250, blank=True, default="", db_default="", editable=False)
    completed_on_behalf = models.BooleanField(
        _("answer recorded by the sender"), default=False, db_default=False, editable=False
    )

    class Meta:
        abstract = True

    @property
    def was_confirmed_by_link(self) -> bool:
        """Whether it was confirmed by link and code, which is weaker proof than a signed-in confirmation."""
        own = self.acknowledged_at is not None and not self.acknowledged_on_behalf
        return own and self.acknowledged_by_id is None

    @property
    def was_answered_by_link(self) -> bool:
        """Whether it was answered by link and code, which is weaker proof than a signed-in answer."""
        own = self.completed_at is not None and not self.completed_on_behalf
        return own and self.completed_by_id is None and self.completed_name != ""

    @property
    def is_on_behalf(self) -> bool:
        """Whether the answer, or without one the confirmation, is only recorded by the sender: the weakest proof."""
        return self.completed_on_behalf if self.completed_at is not None else self.acknowledged_on_behalf

    @property
    def has_record(self) -> bool:
        """Whether the confirmation or the answer is only recorded by the sender."""
        return self.acknowledged_on_behalf or self.completed_on_behalf

    @property
    def acknowledged_person(self) -> str:
        """Name of the person who confirmed, or an empty string."""
        return str(self.acknowledged_by or self.acknowledged_name)

    @property
    def acknowledged_job_title(self) -> str:
        """Job title of the person who confirmed."""
        return self.acknowledged_by.job_title if self.acknowledged_by else self.acknowledged_title

    @property
    def completed_person(self) -> str:
        """Name of the person who answered, with the position unless it is a user; or an empty string."""
        return str(self.completed_by or self.completed_name)
