"""Form fields and inputs for days, shared by all forms."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.formats import get_format


def parsed_day(text: str) -> date | None:
    """The day of a text in one of the accepted forms, for example 18.12.2026 or 2026-12-18."""
    for form in get_format("DATE_INPUT_FORMATS"):
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    return None


class NativeInput(forms.TextInput):
    """An input of a native type, shown as a text input for a value that this type can't show.

    A browser leaves a native input empty for such a value, and what was typed would be lost after a refusal.
    """

    def native(self, value: Any) -> str | None:
        """The value in the form that the native type requires, or None."""
        raise NotImplementedError

    def format_value(self, value: Any) -> str | None:
        """The native form of the value, otherwise its text."""
        return self.native(value) or super().format_value(value)

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, dict(attrs or {}))
        if context["widget"]["value"] and not self.native(value):
            context["widget"]["type"] = "text"
        return context


class DayInput(NativeInput):
    """The browser's date input."""

    input_type = "date"

    def native(self, value: Any) -> str | None:
        """ISO 8601."""
        if isinstance(value, datetime):
            value = value.date()
        day = value if isinstance(value, date) else parsed_day(str(value or ""))
        return day.isoformat() if day is not None else None


def day_field(label: Any, help_text: Any = "") -> forms.DateField:
    """A date field with the browser's date input. It accepts days as letters print them as well."""
    return forms.DateField(label=label, help_text=help_text, widget=DayInput)
