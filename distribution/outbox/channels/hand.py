"""Handover by hand or post, recorded by a user with a proof; never chosen automatically."""

from django.utils.translation import gettext_lazy as _

from agencies.models.contact_details.channel import Channel, Reachable
from distribution.outbox.channels import BaseChannel


class HandChannel(BaseChannel):
    """Channel of handovers recorded by `distribution.services.follow_up.hand_over`."""

    code = Channel.HAND
    label = _("By hand or post")
    choosable = False
    has_addresses = False
    sends = False

    @classmethod
    def address_of(cls, unit: Reachable) -> str | None:
        """None: no notice is ever sent on this channel."""
        return None
