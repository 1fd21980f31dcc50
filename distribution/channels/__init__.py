"""Ways out, one small class each."""


class ChannelError(Exception):
    """A channel could not take a message.

    `permanent` says that trying again can't help (an address that doesn't exist); otherwise the notice
    is tried again after its backoff.
    """

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent
