"""The product's own inbox: the letter is there as soon as it is sent; what counts is that somebody can see it."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Membership, Role
from agencies.models.channel import Channel
from distribution.models import Notice
from distribution.outbox.channels import BaseChannel, PermanentFailure


class InboxChannel(BaseChannel):
    """Takes a notice when at least one person receives for the unit today."""

    code = Channel.INBOX
    label = _("In the product")
    has_addresses = False
    proves_reached = True

    def send(self, notice: Notice) -> None:
        """Raises PermanentFailure when nobody could see the letter in the inbox."""
        people = Membership.objects.active(timezone.localdate()).filter(
            agency=notice.agency, role=Role.RECIPIENT, user__is_active=True
        )
        if not people.exists():
            raise PermanentFailure("Nobody receives for the unit.")
