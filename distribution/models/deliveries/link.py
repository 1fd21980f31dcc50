"""One-time codes for links."""

from datetime import UTC, datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models.contact_details.one_time_code import six_digits
from agencies.models.expressions import append_only
from distribution.models.deliveries.delivery import Delivery

CODE_LASTS = timedelta(minutes=10)
CODE_TRIES = 5


class LinkCode(models.Model):
    """A one-time code mailed to the unit's registered address. The digits are derived, not stored."""

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
        triggers = append_only(changing=("expires_at", "tries", "used_at"))

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.address}"

    @property
    def digits(self) -> str:
        """The six digits, which are not stored."""
        moment = self.created_at.astimezone(UTC).isoformat(timespec="microseconds")
        return six_digits("distribution.link_code", f"{self.pk}:{self.delivery_id}:{moment}")

    @property
    def tries_left(self) -> int:
        return max(CODE_TRIES - self.tries, 0)

    def is_open(self, at: datetime) -> bool:
        """Whether it can still be used."""
        return self.used_at is None and self.tries_left > 0 and self.expires_at > at
