"""Form fields for a due time and for a moment in the past."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

END_OF_DAY = time(23, 59)


class DueField(forms.DateTimeField):
    """A day with an optional time; without one, the end of the day."""

    widget = forms.DateTimeInput(
        format="%d.%m.%Y %H:%M", attrs={"placeholder": _("dd.mm.yyyy hh:mm"), "autocomplete": "off"}
    )
    default_error_messages = {
        "invalid": _("This isn't a date as it is written in letters. Write it as dd.mm.yyyy hh:mm."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"help_text": _("Without an hour, the end of the day counts."), **kwargs})

    def to_python(self, value: Any) -> datetime | None:
        """The moment in Turkish time."""
        if isinstance(value, str):
            for form in get_format("DATE_INPUT_FORMATS"):
                try:
                    day = datetime.strptime(value.strip(), form)
                except ValueError:
                    continue
                return timezone.make_aware(datetime.combine(day, END_OF_DAY))
        try:
            found: datetime | None = super().to_python(value)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return found


class PastField(forms.DateTimeField):
    """A day and time in the past, chosen in one calendar field or typed as in letters."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    default_error_messages = {
        "invalid": _("This isn't a date as it is written in letters. Write it as dd.mm.yyyy hh:mm."),
    }

    def between(self, earliest: datetime) -> None:
        """Let the calendar offer only the time from `earliest` until now. It checks nothing."""
        for name, moment in (("min", earliest), ("max", timezone.now())):
            self.widget.attrs[name] = f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"

    def to_python(self, value: Any) -> datetime | None:
        """The moment in Turkish time."""
        try:
            found: datetime | None = super().to_python(value)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return found
