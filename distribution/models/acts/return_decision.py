"""What the unit that gave a letter decided about its return."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.models.expressions import append_only
from distribution.models.deliveries.delivery import Delivery


class ReturnOutcome(models.TextChoices):
    """SENT_AGAIN undoes the return; after the other two it stands and nothing more is expected of the unit."""

    SENT_AGAIN = "sent_again", _("Sent to the same unit again")
    SENT_INSTEAD = "sent_instead", _("Sent to another unit instead")
    ACCEPTED = "accepted", _("Return accepted")


class ReturnDecision(models.Model):
    """One decision. `returned_at` is the moment of the return it concerns: a copy may be returned several times.

    An accepted return may still be sent on later, which is a second decision about the same return.
    """

    delivery = models.ForeignKey(
        Delivery,
        models.PROTECT,
        related_name="return_decisions",
        db_index=False,
        verbose_name=_("delivery"),
    )
    returned_at = models.DateTimeField(_("returned"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=ReturnOutcome)
    instead = models.OneToOneField(
        Delivery,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="instead_of",
        verbose_name=_("sent instead"),
    )
    reason = models.TextField(_("word to the unit"), blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        ordering = ["decided_at", "pk"]
        verbose_name = _("decision on a return")
        verbose_name_plural = _("decisions on returns")
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "returned_at", "outcome"], name="one_decision_of_a_kind_per_return"
            ),
            models.CheckConstraint(
                condition=Q(outcome=ReturnOutcome.SENT_INSTEAD, instead__isnull=False)
                | ~Q(outcome=ReturnOutcome.SENT_INSTEAD) & Q(instead__isnull=True),
                name="another_copy_only_if_sent_instead",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=ReturnOutcome.SENT_AGAIN) | ~Q(reason=""),
                name="sent_again_with_a_word",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.outcome}"
