"""Wordings: alternative names by which letters address a group or an agency.

`agencies.models` imports this module, so models refer to each other by name here.
"""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models.person import Role, User, units_acted_for
from agencies.turkish import match_key


class WordingQuerySet(models.QuerySet[Any]):
    """Sets of wordings."""

    def removable_by(self, user: User) -> Self:
        """Wordings that the person may remove: their own as long as they send for a unit; all for an administrator."""
        if user.is_superuser:
            return self.all()
        return self.filter(added_by_id=user.pk) if units_acted_for(user, Role.SENDER) else self.none()


class Wording(models.Model):
    """A printed line that matches no name in the directory; shipped, or added by a person."""

    text = models.CharField(_("wording"), max_length=250)
    match_key = models.CharField(max_length=300, unique=True, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("added by"),
    )
    added_at = models.DateTimeField(_("added at"), null=True, blank=True)

    objects = WordingQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["text"]
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")

    def __str__(self) -> str:
        return self.text

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the match key derived from the text."""
        self.match_key = match_key(self.text)
        super().save(*args, **kwargs)


class GroupWording(Wording):
    """A printed name of a group, such as "81 İl Valiliklerine"."""

    group = models.ForeignKey(
        "agencies.AgencyGroup", models.CASCADE, related_name="wordings", verbose_name=_("group")
    )


class AgencyWording(Wording):
    """Another name under which letters address an agency."""

    agency = models.ForeignKey(
        "agencies.Agency", models.CASCADE, related_name="wordings", verbose_name=_("agency")
    )
