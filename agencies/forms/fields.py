"""Form fields shared by several forms of the directory."""

from typing import Any

from django import forms


def day_field(label: Any, help_text: Any) -> forms.DateField:
    """A date field with the browser's date picker."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
