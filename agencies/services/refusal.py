"""The error that services raise when a rule forbids the change."""


class ActionRefused(Exception):
    """A rule forbids the change; `field` is the form field to correct, the message says why and how."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
