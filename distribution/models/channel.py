"""What a channel means for the deliveries whose notices it takes."""

from collections.abc import Mapping
from typing import ClassVar, cast

from django.utils.functional import Promise
from django.utils.translation import ngettext

from agencies.models.channel import REGISTRY, UnitChannel


class NoticeChannel(UnitChannel):
    """What everything beside the sending asks of a channel."""

    sends: ClassVar[bool] = True
    """Whether workers send on it; else a person records what was done."""

    proves_reached: ClassVar[bool] = False
    """Whether the letter is in front of the unit as soon as the channel has taken the notice."""

    event_words: ClassVar[Mapping[str, str | Promise]] = {}
    """What an event is called where it differs on this channel, by the event's kind."""

    @classmethod
    def words_when_first(cls, count: int) -> str:
        """What the sender is told before the dispatch of units that this channel tells first; empty for nothing."""
        return ""

    @classmethod
    def words_when_closed(cls, count: int) -> str:
        """What the sender is told of units that only this channel could tell, while the product doesn't have it."""
        return ngettext(
            "%(number)s recipient has an address for %(channel)s only, which isn't set up here. It gets no"
            " notice; the letter waits in its inbox.",
            "%(number)s recipients have an address for %(channel)s only, which isn't set up here. They get no"
            " notice; the letter waits in their inbox.",
            count,
        ) % {"number": count, "channel": cls.label}


def channel_of(code: str) -> type[NoticeChannel]:
    """The channel of this code; a plain one, of which nothing is known, where it is no more."""
    return cast(type[NoticeChannel], REGISTRY.get(code, NoticeChannel))
