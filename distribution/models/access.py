"""Access beside the sign-in: one-time codes for links, and the filters that a person keeps."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from distribution.models.delivery import Delivery


class LinkCode(models.Model):
    """A one-time code, mailed to the unit's registered address. The code itself is derived and never stored."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="link_codes")
    address = models.EmailField(_("address"))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        indexes = [
            models.Index(fields=["delivery"], condition=Q(used_at__isnull=True), name="link_code_open")
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.address}"


class SavedFilter(models.Model):
    """A person's own name for a way to narrow a list."""

    class Page(models.TextChoices):
        INBOX = "inbox", _("Inbox")
        BOARD = "board", _("Outstanding")

    person = models.ForeignKey(User, models.CASCADE, related_name="saved_filters")
    page = models.CharField(_("page"), max_length=10, choices=Page)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filter"), max_length=500)

    class Meta:
        ordering = ["name"]
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "page", "name"],
                name="one_saved_filter_per_name",
                violation_error_message=_("You have a filter of this name already. Choose another name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
