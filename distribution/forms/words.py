"""A field for what a person types and others read."""

import unicodedata
from typing import Any

from django import forms

KEPT = frozenset("\t\n\r\0")
"""What typing or pasting leaves by itself, and the null character, which Django refuses with a message."""


class WordsField(forms.CharField):
    """Text without characters that are not seen: controls, and marks that turn the direction of what follows.

    A name or a note stands in the record beside other words; such a mark would change how those read.
    """

    def to_python(self, value: Any) -> str | None:
        """The text with its unseen characters taken out."""
        if isinstance(value, str):
            value = "".join(
                each for each in value if each in KEPT or unicodedata.category(each) not in {"Cc", "Cf"}
            )
        typed: str | None = super().to_python(value)
        return typed
