"""The registered channels. To add one, write its module and list its class here."""

from typing import cast

from agencies.models.contact_details.channel import REGISTRY, register_channels
from distribution.models.notices.channel import channel_of
from distribution.outbox.channels import BaseChannel
from distribution.outbox.channels.email import EmailChannel
from distribution.outbox.channels.hand import HandChannel
from distribution.outbox.channels.inbox import InboxChannel
from distribution.outbox.channels.kep import KepChannel

CHANNELS: tuple[type[BaseChannel], ...] = (EmailChannel, KepChannel, InboxChannel, HandChannel)
"""In the order in which they are displayed."""

register_channels(CHANNELS)


def sender_of(code: str) -> type[BaseChannel]:
    """The class that sends on the channel with this code. Raises KeyError if it is no longer registered."""
    return cast(type[BaseChannel], REGISTRY[code])


def sending_codes() -> list[str]:
    """Codes of the channels on which workers send."""
    return [code for code in REGISTRY if channel_of(code).sends]
