"""The product's own inbox: a letter is delivered at once, provided that somebody can see it."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Membership, Role
from agencies.models.contact_details.channel import Channel
from distribution.models import Notice
from distribution.outbox.channels import BaseChannel, PermanentFailure


class InboxChannel(BaseChannel):
    """Accepts a notice if at least one person is a recipient for the unit today."""

    code = Channel.INBOX
    label = _("In the product")
    has_addresses = False
    proves_reached = True

    def send(self, notice: Notice) -> None:
        """Raises PermanentFailure if nobody could see the letter in the inbox."""
        people = Membership.objects.active(timezone.localdate()).filter(
            agency=notice.agency, role=Role.RECIPIENT, user__is_active=True
        )
        if not people.exists():
            raise PermanentFailure("Nobody receives for the unit.")
