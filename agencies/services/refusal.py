"""What a service raises when a rule forbids what was asked."""


class ActionRefused(Exception):
    """The change can't be; `field` is the form's field that mends it, the message says why and how."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
