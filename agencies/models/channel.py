"""The channels by which a unit is reached: what the directory has to know of each.

A channel is one class of `distribution.outbox.channels`. The directory stands below and doesn't import it:
`register_channels` makes the classes known when the product starts (docs/decisions/0028-channels.md).
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LONGEST_CODE = 20
LONGEST_ADDRESS = 500


class Channel(StrEnum):
    """The channels that a rule of the product names. All channels, these and others, are in the registry."""

    EMAIL = "email"
    KEP = "kep"
    INBOX = "inbox"
    HAND = "hand"


USUAL_ORDER = (Channel.EMAIL, Channel.KEP)
"""What is tried for a unit that has chosen no order of its own."""


class Reachable(Protocol):
    """A unit: the codes of its channels in its order, and its addresses beside the columns."""

    @property
    def channels(self) -> list[str]: ...

    @property
    def addresses(self) -> dict[str, str]: ...


class UnitChannel:
    """What the directory asks of a channel. The class itself answers: nothing is made for it."""

    code: ClassVar[str]
    """Its name in rows, at most LONGEST_CODE characters. It never changes."""

    label: ClassVar[str | Promise]

    choosable: ClassVar[bool] = True
    """Whether units may put it into their order."""

    has_addresses: ClassVar[bool] = True
    """Whether a unit needs an address to be reached by it."""

    column: ClassVar[str] = ""
    """The agency's own column for the address. Without one it stands in `Agency.addresses` under the code."""

    address_wanted: ClassVar[str | Promise] = _(
        "The unit has no address for this channel. Give one above, or choose another channel."
    )
    """What the contact form says when the channel is chosen for a unit without its address."""

    @classmethod
    def is_open(cls) -> bool:
        """Whether the product has this channel at all."""
        return True

    @classmethod
    def address_of(cls, unit: Reachable) -> str | None:
        """Where a message to the unit goes; None if the unit can't be reached by this channel."""
        if not cls.has_addresses:
            return ""
        kept = getattr(unit, cls.column) if cls.column else unit.addresses.get(cls.code)
        return kept or None

    @classmethod
    def clean_address(cls, typed: str) -> str:
        """The address as it is kept. Raises ValidationError if it can't be one of this channel."""
        return typed.strip()

    @classmethod
    def address_field(cls) -> forms.Field:
        """The field of the contact form for an address that has no column of its own."""
        return forms.CharField(
            label=str(cls.label),
            max_length=LONGEST_ADDRESS,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )


class ChannelAddress(NamedTuple):
    """A channel's code, and where a message on it goes."""

    channel: str
    address: str


REGISTRY: dict[str, type[UnitChannel]] = {}
"""Every channel by its code, in the order in which people see them."""


def register_channels(channels: Iterable[type[UnitChannel]]) -> None:
    """Make the channels known. Raises ValueError if two have the same code."""
    for channel in channels:
        if REGISTRY.setdefault(channel.code, channel) is not channel:
            raise ValueError(f"Two channels have the code {channel.code}.")


def channel_label(code: str) -> str:
    """The channel's name; the code itself of a channel that is no more."""
    return str(REGISTRY[code].label) if code in REGISTRY else code


def channel_choices() -> list[tuple[str, str | Promise]]:
    """All channels, as choices of a field."""
    return [(channel.code, channel.label) for channel in REGISTRY.values()]


def order_choices() -> list[tuple[str, str | Promise]]:
    """The channels that units may put into their order, as choices of a field."""
    return [(channel.code, channel.label) for channel in REGISTRY.values() if channel.choosable]


def open_channels(unit: Reachable, *, after: str | None = None) -> list[ChannelAddress]:
    """Each open channel by which the unit can be reached, in its order; only those behind `after`."""
    order: Sequence[str] = unit.channels or USUAL_ORDER
    if after is not None:
        order = order[order.index(after) + 1 :] if after in order else ()
    found = []
    for code in order:
        channel = REGISTRY.get(code)
        if channel is None:
            continue
        address = channel.address_of(unit)
        if address is not None and channel.is_open():
            found.append(ChannelAddress(channel.code, address))
    return found


def check_addresses(addresses: Any) -> None:
    """Raises ValidationError unless these are addresses by the codes of channels, each as its channel wants it."""
    if not isinstance(addresses, dict):
        raise ValidationError(gettext("Write addresses as a list of channels, each with its address."))
    for code, address in addresses.items():
        channel = REGISTRY.get(code)
        if channel is None or channel.column or not channel.has_addresses:
            raise ValidationError(
                gettext("“%(code)s” is no channel with an address of this kind."), params={"code": code}
            )
        if channel.clean_address(str(address)) != address:
            raise ValidationError(
                gettext("“%(address)s” is no address of this channel."), params={"address": address}
            )
