"""Addresses that senders have set for units without one, until a directory administrator decides on them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models.contact_details.channel import (
    LONGEST_ADDRESS,
    LONGEST_CODE,
    channel_choices,
    channel_label,
)


class ProposalState(models.TextChoices):
    PENDING = "pending", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    CORRECTED = "corrected", _("Corrected")
    REFUSED = "refused", _("Refused")


class ProposedAddress(models.Model):
    """An address of a unit as a sender has set it. `letters` are the ids of the letters that are sent to it.

    `Agency.proposed` holds what sending needs of the pending ones, so that it costs no query.
    """

    agency = models.ForeignKey("agencies.Agency", models.CASCADE, related_name="proposed_addresses")
    channel = models.CharField(_("channel"), max_length=LONGEST_CODE, choices=channel_choices)
    address = models.CharField(_("address"), max_length=LONGEST_ADDRESS)
    letters = ArrayField(models.BigIntegerField(), default=list)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_for = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")
    """The unit that sends the letter."""
    set_at = models.DateTimeField()
    state = models.CharField(_("state"), max_length=10, choices=ProposalState, default=ProposalState.PENDING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    corrected_to = models.CharField(_("corrected address"), max_length=LONGEST_ADDRESS, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["set_at", "pk"]
        verbose_name = _("proposed address")
        verbose_name_plural = _("proposed addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "channel", "address"],
                condition=Q(state="pending"),
                name="one_pending_proposal_per_address",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state="pending") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="decided_by_a_person_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="corrected") & ~Q(corrected_to="")
                | ~Q(state="corrected") & Q(corrected_to=""),
                name="corrected_to_an_address",
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def label(self) -> str:
        return channel_label(self.channel)

    @property
    def is_pending(self) -> bool:
        return self.state == ProposalState.PENDING
