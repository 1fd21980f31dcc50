"""Properties of a channel that concern deliveries."""

from collections.abc import Mapping
from typing import ClassVar, cast

from django.utils.functional import Promise
from django.utils.translation import ngettext

from agencies.models.contact_details.channel import REGISTRY, UnitChannel


class NoticeChannel(UnitChannel):
    """Interface of a channel for everything other than sending."""

    sends: ClassVar[bool] = True
    """Whether workers send on it. If not, a user records the handover."""

    proves_reached: ClassVar[bool] = False
    """Whether the unit has the letter as soon as the channel has accepted the notice."""

    event_words: ClassVar[Mapping[str, str | Promise]] = {}
    """Names of events that differ on this channel, by event kind."""

    @classmethod
    def words_when_first(cls, count: int) -> str:
        """Message for the sender before dispatch about units for which this channel comes first; empty for none."""
        return ""

    @classmethod
    def words_when_closed(cls, count: int) -> str:
        """Message for the sender about units that have an address only for this channel while it isn't configured."""
        return ngettext(
            "%(number)s recipient has an address for %(channel)s only, which isn't set up here. It gets no"
            " notice; the letter waits in its inbox.",
            "%(number)s recipients have an address for %(channel)s only, which isn't set up here. They get no"
            " notice; the letter waits in their inbox.",
            count,
        ) % {"number": count, "channel": cls.label}


def channel_of(code: str) -> type[NoticeChannel]:
    """The channel with this code, or the base class if it is no longer registered."""
    return cast(type[NoticeChannel], REGISTRY.get(code, NoticeChannel))
