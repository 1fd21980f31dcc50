"""Form fields for lists of lines."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext


class LinesField(forms.CharField):
    """A list with one entry per line; empty lines are dropped."""

    def __init__(self, *, longest: int, rows: int, **kwargs: Any) -> None:
        self.longest = longest
        widget = forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})
        super().__init__(required=False, widget=widget, **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the cleaned lines."""
        return super().has_changed((initial or "").strip(), (data or "").strip())

    def clean(self, value: Any) -> Any:
        text: str = super().clean(value)
        lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        for number, line in enumerate(lines, start=1):
            if len(line) > self.longest:
                raise ValidationError(
                    gettext("Line %(number)s has %(length)s characters, at most %(longest)s fit: %(start)s…")
                    % {"number": number, "length": len(line), "longest": self.longest, "start": line[:60]}
                )
        return lines


def _longest(model: type[Model], name: str) -> int:
    longest = getattr(model._meta.get_field(name), "max_length", None)
    assert isinstance(longest, int)
    return longest


def _with_plain_line_ends(data: Any) -> Any:
    """Posted text with normalised line ends, so that an untouched field counts as unchanged."""
    if not isinstance(data, QueryDict):
        return data
    plain = data.copy()
    for name, values in data.lists():
        plain.setlist(name, [value.replace("\r\n", "\n") for value in values])
    return plain


def _without_empty_lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
