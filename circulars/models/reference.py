"""The references (İlgi, Y 15) of a letter."""

from typing import Self

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.turkish import ALPHABET
from circulars.models.circular import Circular


class ReferenceQuerySet(models.QuerySet["Reference"]):
    """Sets of references."""

    def linked_for(self, user: User) -> Self:
        """Annotate `link`: the public id of the cited letter, if the person may see it."""
        cited = Circular.objects.visible_to(user).filter(pk=OuterRef("target_id"))
        linked = self.select_related("target__superseded_by")
        return linked.annotate(link=Subquery(cited.values("public_id")[:1]))


class Reference(models.Model):
    """A printed line of İlgi (Y 15), and the recorded letter that it cites."""

    circular = models.ForeignKey(
        Circular, models.CASCADE, related_name="references", verbose_name=_("circular")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("text"), max_length=500)
    number = models.CharField(_("number cited"), max_length=120, blank=True)
    date = models.DateField(_("date cited"), null=True, blank=True)
    target = models.ForeignKey(
        Circular,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="cited_by",
        verbose_name=_("letter cited"),
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        verbose_name = _("reference")
        verbose_name_plural = _("references")

    def __str__(self) -> str:
        return self.text

    @property
    def marked_text(self) -> str:
        """The text after its letter, e.g. `b) …`, for a letter with several references (Y 15)."""
        if self.position >= len(ALPHABET):
            return self.text
        mark = f"{ALPHABET[self.position]})"
        return self.text if self.text.startswith((mark, f"({mark}")) else f"{mark} {self.text}"
