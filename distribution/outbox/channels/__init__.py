"""Ways out, one small class each.

A channel takes one notice at a time: `send(notice)` returns when the way out has it, and raises otherwise.

ChannelError
├── TemporaryFailure     try again after the notice's backoff
└── PermanentFailure   trying again can't help: the next channel of the unit takes over
"""

from types import TracebackType
from typing import Protocol, Self

from distribution.models import Notice


class ChannelError(Exception):
    """A channel could not take a message; the class says whether trying again can help."""


class TemporaryFailure(ChannelError):
    """The way out is ill, busy or away. It is tried again after the backoff."""


class PermanentFailure(ChannelError):
    """The way out will never take this message: an address that doesn't exist, a refused content."""


class ChannelClass(Protocol):
    """What a way out must do. It is a context manager, so that a connection serves many messages."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, notice: Notice) -> None:
        """Hand one notice over. Raises TemporaryFailure or PermanentFailure."""
