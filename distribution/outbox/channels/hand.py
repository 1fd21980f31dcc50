"""By hand or post: a person brings the letter and records it with a proof; the product never chooses it."""

from django.utils.translation import gettext_lazy as _

from agencies.models.channel import Channel, Reachable
from distribution.outbox.channels import BaseChannel


class HandChannel(BaseChannel):
    """What `distribution.services.sending.hand_over` records."""

    code = Channel.HAND
    label = _("By hand or post")
    choosable = False
    has_addresses = False
    sends = False

    @classmethod
    def address_of(cls, unit: Reachable) -> str | None:
        """No unit is told by it unless a person does so."""
        return None
