"""The one error that reading lets out."""


class UnreadableFile(Exception):
    """A file that gives no text.

    `code` is one of: empty, too_large, not_a_letter_file, no_text_layer, damaged, encrypted.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
