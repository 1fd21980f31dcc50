"""Channels: one class each, listed in `registry`.

`send(notice)` returns once the channel has accepted the notice, and raises ChannelError otherwise.

ChannelError
├── TemporaryFailure        not accepted now: retried after the notice's backoff
│   └── ChannelUnavailable  accepts nothing from us: the channel is suspended, and no attempt is counted
└── PermanentFailure        no retry: the unit's next channel takes over
"""

from collections.abc import Collection
from types import TracebackType
from typing import Self

from limits import RateLimitItem

from distribution.models import Notice
from distribution.models.notices.channel import NoticeChannel
from distribution.models.notices.channel_status import Fault


class ChannelError(Exception):
    """A channel didn't accept a message; the subclass says whether it is retried.

    `suspected` is the fault of the channel as a whole that may lie behind it. Several in a row suspend the channel.
    """

    def __init__(self, words: str, *, suspected: Fault | None = None) -> None:
        super().__init__(words)
        self.suspected = suspected


class TemporaryFailure(ChannelError):
    """The message isn't accepted now. The notice is retried after the backoff."""


class ChannelUnavailable(TemporaryFailure):
    """The channel accepts no message at all, whoever is the recipient."""

    def __init__(self, words: str, *, fault: Fault) -> None:
        super().__init__(words, suspected=fault)
        self.fault = fault


class PermanentFailure(ChannelError):
    """The message will never be accepted, e.g. unknown address or refused content.

    `nobody_there`: no message to this address will be, because there is no such mailbox (any more).
    """

    def __init__(self, words: str, *, suspected: Fault | None = None, nobody_there: bool = False) -> None:
        super().__init__(words, suspected=suspected)
        self.nobody_there = nobody_there


class BaseChannel(NoticeChannel):
    """Base of all channels. As a context manager it sends many messages over one connection."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection; nothing to close by default."""

    def send(self, notice: Notice) -> None:
        """Hand over one notice. Raises TemporaryFailure, ChannelUnavailable or PermanentFailure."""
        raise NotImplementedError

    def try_connection(self) -> None:
        """Connect without sending anything. Raises ChannelUnavailable; does nothing by default."""

    @classmethod
    def configuration(cls) -> str:
        """Digest of the settings: after a change, a suspended channel is tried at once. Empty without settings."""
        return ""

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
