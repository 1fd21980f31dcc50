"""What a list shows, saved under a name: for oneself, or for all who manage a unit."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User

LONGEST_QUERY = 2000
"""Characters of the filter, order and columns."""


class SavedFilter(models.Model):
    """A list filter saved by a user under a name.

    One of the inbox is the person's own. One of the list of what is outstanding is about the letters of `unit`, keeps
    order and columns too, and is shown to all who manage the unit if it `is_shared`.
    """

    class Page(models.TextChoices):
        INBOX = "inbox", _("Inbox")
        BOARD = "board", _("Outstanding")

    person = models.ForeignKey(User, models.CASCADE, related_name="saved_filters")
    page = models.CharField(_("page"), max_length=10, choices=Page)
    unit = models.ForeignKey(Agency, models.CASCADE, null=True, related_name="+", verbose_name=_("unit"))
    is_shared = models.BooleanField(_("shared with the unit"), default=False, db_default=False)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filter"), max_length=LONGEST_QUERY, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "page", "unit", "name"],
                nulls_distinct=False,
                name="one_saved_filter_per_name",
                violation_error_message=_("You have a filter of this name already. Choose another name."),
            ),
            models.CheckConstraint(
                condition=Q(is_shared=False) | Q(unit__isnull=False), name="shared_filter_has_its_unit"
            ),
        ]

    def __str__(self) -> str:
        return self.name
