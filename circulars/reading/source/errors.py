"""The only exception that reading raises."""


class UnreadableFile(Exception):
    """No text can be extracted from the file.

    `code` is one of: empty, too_large, not_a_letter_file, no_text_layer, damaged, encrypted.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
