"""Which mails a manager wants about the letters of a unit."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from distribution.models import BoardSettings, Weekday

STEP = timedelta(minutes=30)


def hours() -> list[tuple[str, str]]:
    """Every half an hour of the official working time, its closing not included."""
    begin, end = settings.WORKING_HOURS
    moment, last = datetime.combine(datetime.min, begin), datetime.combine(datetime.min, end)
    found = []
    while moment < last:
        found.append((f"{moment:%H:%M}", f"{moment:%H:%M}"))
        moment += STEP
    return found


class BoardMailsForm(forms.Form):
    """The weekly digest with its day and hour, and the mails at once."""

    wants_digest = forms.BooleanField(
        label=_("Weekly digest"),
        required=False,
        help_text=_(
            "Once a week, with a short report as PDF. If the day is a holiday: the next working morning."
        ),
    )
    digest_day = forms.TypedChoiceField(label=_("Day"), choices=Weekday.choices, coerce=int)
    digest_hour = forms.TypedChoiceField(label=_("Hour"), choices=hours, coerce=time.fromisoformat)
    wants_alerts = forms.BooleanField(
        label=_("At once"),
        required=False,
        help_text=_("When a GÜNLÜDÜR letter goes overdue, or a unit doesn't open an ACELE letter in time."),
    )

    def __init__(self, data: Any = None, *, own: BoardSettings) -> None:
        first = hours()[0][0]
        hour = f"{own.digest_hour:%H:%M}" if own.digest_hour else first
        initial = {
            "wants_digest": own.wants_digest,
            "digest_day": own.digest_day or Weekday.MONDAY,
            "digest_hour": hour,
            "wants_alerts": own.wants_alerts,
        }
        super().__init__(data, initial=initial)

    @property
    def digest(self) -> tuple[Weekday, time] | None:
        """The day and hour of the valid form; None for no digest."""
        if not self.cleaned_data["wants_digest"]:
            return None
        return Weekday(self.cleaned_data["digest_day"]), self.cleaned_data["digest_hour"]
