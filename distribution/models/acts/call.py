"""A telephone call to a unit about what it owes, as the caller noted it. No unit that was rung sees it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.models.expressions import append_only
from distribution.models.deliveries.delivery import Delivery

LONGEST_NOTE = 1000
"""Characters."""


class CallOutcome(models.TextChoices):
    """What came of a call."""

    REACHED = "reached", _("Spoken to")
    NOT_REACHED = "not_reached", _("Not reached")
    PROMISED = "promised", _("Promised by a day")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    NOT_THEIRS = "not_theirs", _("Not theirs, as they say")


class Call(models.Model):
    """One call to one answering unit about direct deliveries that it owed something for.

    A row and no event: the events of a delivery are shown to both sides, and are evidence. Database triggers
    refuse every change.
    """

    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="+", db_index=False, verbose_name=_("unit that was rung")
    )
    deliveries = models.ManyToManyField(Delivery, related_name="calls", verbose_name=_("deliveries"))
    unit = models.ForeignKey(
        Agency, models.PROTECT, related_name="+", db_index=False, verbose_name=_("unit of the caller")
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True, help_text=_("As it was at the call."))
    outcome = models.CharField(_("outcome"), max_length=15, choices=CallOutcome)
    promised_for = models.DateField(_("promised for"), null=True, blank=True)
    note = models.TextField(_("note"), max_length=LONGEST_NOTE, blank=True)
    ring_again_at = models.DateTimeField(_("ring again"), null=True, blank=True)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("caller")
    )
    made_for = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("as deputy of"),
    )

    class Meta:
        ordering = ["made_at", "pk"]
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome=CallOutcome.PROMISED, promised_for__isnull=False)
                | ~Q(outcome=CallOutcome.PROMISED) & Q(promised_for__isnull=True),
                name="only_a_promise_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(ring_again_at__isnull=True) | Q(ring_again_at__gt=F("made_at")),
                name="ring_again_after_the_call",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "made_at"], name="call_of_unit"),
            models.Index(
                fields=["ring_again_at"], condition=Q(ring_again_at__isnull=False), name="call_ring_again"
            ),
            models.Index(
                fields=["promised_for"], condition=Q(promised_for__isnull=False), name="call_promised"
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.agency} {self.made_at:%d.%m.%Y} {self.get_outcome_display()}"
