"""The channels by which a unit is reached: the part of each that the directory needs.

A channel is a class in `distribution.outbox.channels`, which this app may not import: the classes are
passed to `register_channels` at start-up (docs/decisions/0028-channels.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
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
    """Channels that code refers to by name. The registry holds all channels, these and others."""

    EMAIL = "email"
    KEP = "kep"
    INBOX = "inbox"
    HAND = "hand"


TELEPHONE = "telephone"
"""Key of `Reachable.undeliverable` for numbers that were noted as wrong. It is no channel."""

USUAL_ORDER = (Channel.EMAIL, Channel.KEP)
"""The default order, for a unit without its own."""


class Reachable(Protocol):
    """A unit: channel codes in its order, and addresses without a column of their own."""

    @property
    def channels(self) -> list[str]: ...

    @property
    def addresses(self) -> dict[str, str]: ...

    @property
    def undeliverable(self) -> dict[str, list[dict[str, str]]]:
        """By channel code or TELEPHONE, the latest first: the `address` that nothing reaches, `since` when (ISO 8601,
        UTC), the server's `answer`, and `by` whom it was decided if by a person.

        After somebody said that it works it stands under `works` instead.
        """

    @property
    def proposed(self) -> dict[str, list[dict[str, Any]]]:
        """By channel code: the `address`, the ids of the `letters` sent to it, and `by` whom it was set."""


class UnitChannel:
    """The interface of a channel towards the directory. Classes are used directly, without instances."""

    code: ClassVar[str]
    """Identifier stored in rows, at most LONGEST_CODE characters. It never changes."""

    label: ClassVar[str | Promise]

    choosable: ClassVar[bool] = True
    """Whether units may include it in their order."""

    has_addresses: ClassVar[bool] = True
    """Whether it needs an address."""

    column: ClassVar[str] = ""
    """The column of Agency with the address; if empty, the address is in `Agency.addresses` under the code."""

    address_wanted: ClassVar[str | Promise] = _(
        "The unit has no address for this channel. Give one above, or choose another channel."
    )
    """The contact form's error when the channel is chosen without an address."""

    @classmethod
    def is_open(cls) -> bool:
        """Whether the channel is enabled in this installation."""
        return True

    @classmethod
    def address_of(cls, unit: Reachable) -> str | None:
        """The unit's address; None if the unit can't be reached by this channel."""
        if not cls.has_addresses:
            return ""
        kept = getattr(unit, cls.column) if cls.column else unit.addresses.get(cls.code)
        return kept or None

    @classmethod
    def clean_address(cls, typed: str) -> str:
        """The address as stored. Raises ValidationError if it isn't valid for this channel."""
        return typed.strip()

    @classmethod
    def address_field(cls) -> forms.Field:
        """The contact form's field for an address without a column of its own."""
        return forms.CharField(
            label=str(cls.label),
            max_length=LONGEST_ADDRESS,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )


class ChannelAddress(NamedTuple):
    """A channel's code and the address to use."""

    channel: str
    address: str


@dataclass(frozen=True)
class UndeliverableAddress:
    """An address of a unit from which mail came back because nobody is reached there."""

    channel: str
    address: str
    since: datetime
    answer: str
    """What the server said."""

    decided_by: str = ""
    """The person who recorded it; empty if the server's answer did."""

    @property
    def label(self) -> str:
        return channel_label(self.channel)


REGISTRY: dict[str, type[UnitChannel]] = {}
"""All channels by code, in display order."""


def register_channels(channels: Iterable[type[UnitChannel]]) -> None:
    """Register the channels. Raises ValueError if two have the same code."""
    for channel in channels:
        if REGISTRY.setdefault(channel.code, channel) is not channel:
            raise ValueError(f"Two channels have the code {channel.code}.")


def channel_label(code: str) -> str:
    """The channel's name, or the code if the channel no longer exists."""
    return str(REGISTRY[code].label) if code in REGISTRY else code


def channel_choices() -> list[tuple[str, str | Promise]]:
    """Field choices: all channels."""
    return [(channel.code, channel.label) for channel in REGISTRY.values()]


def order_choices() -> list[tuple[str, str | Promise]]:
    """Field choices: the channels that units may include in their order."""
    return [(channel.code, channel.label) for channel in REGISTRY.values() if channel.choosable]


class UnapprovedAddress(NamedTuple):
    """An address that a sender has set for a letter, until somebody decides on it."""

    channel: str
    address: str
    by: str

    @property
    def label(self) -> str:
        return channel_label(self.channel)


def unapproved_address(unit: Reachable, code: str, letter: int | None) -> UnapprovedAddress | None:
    """The address of this channel that was set for the letter, unless mail to it came back."""
    for kept in unit.proposed.get(code, []):
        if letter in kept["letters"] and not is_undeliverable(unit, code, kept["address"]):
            return UnapprovedAddress(code, kept["address"], kept["by"])
    return None


def is_unapproved(unit: Reachable, code: str, letter: int | None) -> bool:
    """Whether this letter goes to an unapproved address of the channel: the unit has no other that works."""
    own = REGISTRY[code].address_of(unit)
    if own is not None and not is_undeliverable(unit, code, own):
        return False
    return unapproved_address(unit, code, letter) is not None


def open_channels(
    unit: Reachable, *, after: str | None = None, letter: int | None = None
) -> list[ChannelAddress]:
    """Enabled channels by which the unit can be reached, in its order; with `after`, only later ones.

    An address from which mail came back doesn't count, until the unit has another one. With the id of a letter, an
    address that was set for this letter takes the place of a missing one.
    """
    order: Sequence[str] = unit.channels or USUAL_ORDER
    if after is not None:
        order = order[order.index(after) + 1 :] if after in order else ()
    found = []
    for code in order:
        channel = REGISTRY.get(code)
        if channel is None:
            continue
        address = channel.address_of(unit)
        if address is None or is_undeliverable(unit, code, address):
            unapproved = unapproved_address(unit, code, letter)
            address = unapproved.address if unapproved is not None else None
        if address is not None and channel.is_open():
            found.append(ChannelAddress(channel.code, address))
    return found


def is_undeliverable(unit: Reachable, code: str, address: str) -> bool:
    """Whether mail to this address of the unit came back, and nobody has said since that it works."""
    return undeliverable_address(unit, code, address) is not None


def undeliverable_address(unit: Reachable, code: str, address: str) -> UndeliverableAddress | None:
    """What is remembered of the address; None unless it is undeliverable."""
    for kept in unit.undeliverable.get(code, []):
        if kept.get("address") == address:
            return kept_address(code, kept)
    return None


def kept_address(code: str, kept: dict[str, str]) -> UndeliverableAddress:
    """One entry of `Reachable.undeliverable`, also if somebody said since that it works."""
    address = kept.get("address") or kept["works"]
    since = datetime.fromisoformat(kept["since"])
    return UndeliverableAddress(code, address, since, kept.get("answer", ""), kept.get("by", ""))


def undeliverable_addresses(unit: Reachable) -> list[UndeliverableAddress]:
    """The unit's present addresses that mail came back from, in display order."""
    present = ((code, channel.address_of(unit)) for code, channel in REGISTRY.items())
    found = (undeliverable_address(unit, code, address) for code, address in present if address)
    return [each for each in found if each is not None]


def check_addresses(addresses: Any) -> None:
    """Raises ValidationError unless it maps channel codes to valid addresses of each channel."""
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
