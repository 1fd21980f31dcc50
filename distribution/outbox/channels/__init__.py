"""Channels, one small class each, listed in `registry`.

A channel takes one notice at a time: `send(notice)` returns when the channel has it, and raises otherwise.

ChannelError
├── TemporaryFailure   the channel is unavailable for now: it is tried again after the notice's backoff
└── PermanentFailure   trying again can't help: the unit's next channel takes over
"""

from collections.abc import Collection
from types import TracebackType
from typing import Self

from limits import RateLimitItem

from distribution.models import Notice
from distribution.models.channel import NoticeChannel


class ChannelError(Exception):
    """A channel could not take a message; the class says whether trying again can help."""


class TemporaryFailure(ChannelError):
    """The channel is broken, busy or away. It is tried again after the backoff."""


class PermanentFailure(ChannelError):
    """The channel will never take this message: an address that doesn't exist, a refused content."""


class BaseChannel(NoticeChannel):
    """What every channel is built on. As a context manager it serves many messages over one connection."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open, unless a channel says otherwise."""

    def send(self, notice: Notice) -> None:
        """Hand one notice over. Raises TemporaryFailure or PermanentFailure."""
        raise NotImplementedError

    @classmethod
    def rate(cls) -> RateLimitItem | None:
        """How much may leave in a span of time; None for as much as there is."""
        return None

    @classmethod
    def is_returned(cls, notice: Notice, recipients: Collection[str]) -> bool:
        """Whether a returned message that names the notice's Message-ID and these recipients speaks of the notice.

        The recipients are in lower case, and perhaps none.
        """
        return False
