"""How a unit is reached: the ways out that it has, in the order in which they are tried."""

from collections.abc import Sequence

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """A way to a unit. By hand is never chosen by the product: a person records it with a proof."""

    EMAIL = "email", _("E-mail")
    KEP = "kep", _("KEP")
    INBOX = "inbox", _("In the product")
    HAND = "hand", _("By hand or post")


USUAL_ORDER = (Channel.EMAIL, Channel.KEP)
"""What is tried for a unit that has chosen no order of its own."""

CHOOSABLE = (Channel.EMAIL, Channel.KEP, Channel.INBOX)


def is_open(channel: str) -> bool:
    """Whether the product has this way out at all: KEP needs an account."""
    return channel != Channel.KEP or settings.KEP_SERVER is not None


def address_for(channel: str, *, email: str, kep_address: str) -> str | None:
    """Where a message goes on this channel; None if the unit can't be reached by it."""
    match channel:
        case Channel.EMAIL:
            return email or None
        case Channel.KEP:
            return kep_address or None
        case Channel.INBOX:
            return ""
    return None


def ways_to(
    order: Sequence[str], *, email: str, kep_address: str, after: str | None = None
) -> list[tuple[str, str]]:
    """Channel and address of each way to the unit that is open, in its order; only those behind `after`."""
    chosen = list(order) or list(USUAL_ORDER)
    if after is not None:
        chosen = chosen[chosen.index(after) + 1 :] if after in chosen else []
    found = []
    for channel in chosen:
        address = address_for(channel, email=email, kep_address=kep_address)
        if address is not None and is_open(channel):
            found.append((channel, address))
    return found
