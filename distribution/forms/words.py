"""A form field for text that others will read."""

import unicodedata
from typing import Any

from django import forms

KEPT = frozenset("\t\n\r\0")
"""Characters that typing or pasting may leave in by accident; the null character is refused by Django."""


class WordsField(forms.CharField):
    """Text without invisible characters: control characters and marks that change the text direction.

    Names and notes are shown next to other text, whose appearance such a mark would change.
    """

    def to_python(self, value: Any) -> str | None:
        """The text without invisible characters."""
        if isinstance(value, str):
            value = "".join(
                each for each in value if each in KEPT or unicodedata.category(each) not in {"Cc", "Cf"}
            )
        typed: str | None = super().to_python(value)
        return typed


class LinesField(WordsField):
    """Words of several lines; a line break counts as one character, as in the browser."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str | None:
        if isinstance(value, str):
            value = value.replace("\r\n", "\n")
        return super().to_python(value)
