"""Channels: one class each, listed in `registry`.

`send(notice)` returns once the channel has accepted the notice, and raises ChannelError otherwise.

ChannelError
├── TemporaryFailure   channel temporarily unavailable: retried after the notice's backoff
└── PermanentFailure   no retry: the unit's next channel takes over
"""

from collections.abc import Collection
from types import TracebackType
from typing import Self

from limits import RateLimitItem

from distribution.models import Notice
from distribution.models.channel import NoticeChannel


class ChannelError(Exception):
    """A channel didn't accept a message; the subclass says whether it is retried."""


class TemporaryFailure(ChannelError):
    """The channel is temporarily unavailable. The notice is retried after the backoff."""


class PermanentFailure(ChannelError):
    """The message will never be accepted, e.g. unknown address or refused content."""


class BaseChannel(NoticeChannel):
    """Base of all channels. As a context manager it sends many messages over one connection."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection; nothing to close by default."""

    def send(self, notice: Notice) -> None:
        """Hand over one notice. Raises TemporaryFailure or PermanentFailure."""
        raise NotImplementedError

    @classmethod
    def rate(cls) -> RateLimitItem | None:
        """Rate limit of the channel; None for no limit."""
        return None

    @classmethod
    def is_returned(cls, notice: Notice, recipients: Collection[str]) -> bool:
        """Whether a returned message that names the notice's Message-ID and these recipients refers to the notice.

        The recipients are in lower case; the list may be empty.
        """
        return False
