"""Internal notes of a unit on a letter or on one copy of it. No other unit sees them."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.models.expressions import NEVER_DELETED, NEVER_TRUNCATED
from circulars.models import Circular
from distribution.models.deliveries.delivery import Delivery

LONGEST_NOTE = 1000
"""Characters."""


class InternalNoteQuerySet(models.QuerySet["InternalNote"]):
    """Query set of internal notes. The rule on who may see them is in `distribution.visibility`."""

    def standing(self) -> Self:
        """Not struck out."""
        return self.filter(struck_at=None)


class InternalNote(models.Model):
    """A note of the sender on its letter or one recipient (`by_sender`), or of a recipient on its own copy.

    A row and no event: the events of a delivery are shown to both sides, and are evidence. A database trigger
    refuses every change but striking out.
    """

    circular = models.ForeignKey(
        Circular, models.PROTECT, related_name="internal_notes", verbose_name=_("circular")
    )
    delivery = models.ForeignKey(
        Delivery,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="internal_notes",
        db_index=False,
        verbose_name=_("delivery"),
        help_text=_("Empty for a note on the whole letter."),
    )
    unit = models.ForeignKey(
        Agency, models.PROTECT, related_name="+", db_index=False, verbose_name=_("unit of the author")
    )
    by_sender = models.BooleanField(_("by the sender"))
    text = models.TextField(_("text"), max_length=LONGEST_NOTE)
    written_at = models.DateTimeField(_("written"))
    written_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("author")
    )
    written_for = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("as deputy of"),
    )
    struck_at = models.DateTimeField(_("struck out"), null=True, blank=True)

    objects = InternalNoteQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="note_has_a_text"),
            models.CheckConstraint(
                condition=Q(by_sender=True) | Q(delivery__isnull=False), name="recipient_notes_on_its_copy"
            ),
        ]
        triggers = [
            NEVER_DELETED,
            pgtrigger.ReadOnly(name="only_struck_out", exclude=["struck_at"]),
            NEVER_TRUNCATED,
        ]

    def __str__(self) -> str:
        return f"{self.circular_id} {self.written_at:%d.%m.%Y} {self.written_by}"

    @property
    def first_words(self) -> str:
        """The beginning of the text on one line, for lists."""
        words = " ".join(self.text.split())
        return words if len(words) <= 90 else f"{words[:89].rstrip()}…"
