"""The only exception that reading raises."""

from functools import partial
from typing import Any

from circulars.reading.source.kind import FileKind


class UnreadableFile(Exception):
    """No text can be extracted from the file.

    `code` is one of: empty, too_large, not_a_letter_file, no_text_layer, damaged, encrypted, program_needed. `kind`
    says what a file that is no letter's file is instead.
    """

    def __init__(self, code: str, message: str, *, kind: FileKind = FileKind.UNKNOWN) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.kind = kind

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), kind=self.kind), (self.code, self.message)
