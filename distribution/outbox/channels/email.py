"""E-mail through the relay configured in EMAIL_URL."""

from collections.abc import Sequence

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _
from limits import RateLimitItem

from agencies.models.contact_details.channel import Channel
from distribution.models import Notice
from distribution.outbox.channels.smtp import SmtpChannel
from distribution.outbox.managers import report_of, stop_headers


class EmailChannel(SmtpChannel):
    """E-mail, the default channel."""

    code = Channel.EMAIL
    label = _("E-mail")
    column = "email"
    address_wanted = _("The unit has no e-mail address. Give one above, or choose another channel.")

    @classmethod
    def rate(cls) -> RateLimitItem | None:
        """EMAIL_RATE."""
        rate: RateLimitItem | None = settings.EMAIL_RATE
        return rate

    def reply_headers(self, notice: Notice) -> dict[str, str]:
        """REPLY_TO: an address, or "issuer" for the address of the unit that sent the letter."""
        wanted: str = settings.REPLY_TO
        if wanted == "issuer":
            wanted = _issuer_address(notice)
        return {"Reply-To": wanted} if wanted else {}

    def headers(self, notice: Notice) -> dict[str, str]:
        """Where replies go, and how a mail to a manager is stopped."""
        return {**self.reply_headers(notice), **stop_headers(notice)}

    def files(self, notice: Notice) -> Sequence[tuple[str, File[bytes]]]:
        """The report of a weekly digest."""
        return report_of(notice)


def _issuer_address(notice: Notice) -> str:
    """Address of the unit that sent the letter, or all letters of a digest; empty if several did."""
    if notice.delivery is not None:
        return notice.delivery.circular.issuer.email
    members = notice.members.order_by()
    addresses = set(members.values_list("delivery__circular__issuer__email", flat=True).distinct()[:2])
    return addresses.pop() or "" if len(addresses) == 1 else ""
