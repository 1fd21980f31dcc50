"""Form of the moment of a dispatch."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies.calendar import calendars_of, known_leave
from agencies.forms.moment import DueField


class When(models.TextChoices):
    """When the letter leaves."""

    NOW = "now", _("Now")
    MORNING = "morning", _("On the next working morning")
    AT = "at", _("At another time")


class ScheduleForm(forms.Form):
    """Now, on the next working morning, or at a chosen day and hour. Without a choice, now."""

    when = forms.ChoiceField(
        label=_("When it leaves"), choices=When, required=False, initial=When.NOW, widget=forms.RadioSelect
    )
    leaves_at = DueField(label=_("Day and hour"), required=False, help_text=_("Only for another time."))

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        today = timezone.localdate(at)
        self.morning = calendars_of(known_leave(today, date.max, today), ())[None].next_working_morning(at)
        when = self.fields["when"]
        assert isinstance(when, forms.ChoiceField)
        when.choices = [
            (When.NOW, _now_words()),
            (When.MORNING, self._morning_words()),
            (When.AT, When.AT.label),
        ]

    def _morning_words(self) -> str:
        return gettext("On the next working morning: %(moment)s") % {
            "moment": date_format(timezone.localtime(self.morning), "DATETIME_FORMAT")
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") != When.AT or self.has_error("leaves_at"):
            return cleaned
        if cleaned.get("leaves_at") is None:
            self.add_error("leaves_at", gettext("On which day and at what hour? Enter both."))
        elif ":" not in str(self["leaves_at"].data):
            self.add_error("leaves_at", ValidationError(gettext("Enter the hour as well.")))
        return cleaned

    def moment(self) -> datetime | None:
        """The chosen moment; None for now."""
        match self.cleaned_data["when"]:
            case When.MORNING:
                return self.morning
            case When.AT:
                chosen: datetime = self.cleaned_data["leaves_at"]
                return chosen
        return None


def _now_words() -> str:
    seconds = settings.UNDO_SECONDS
    if not seconds:
        return str(When.NOW.label)
    return ngettext(
        "Now; it can be cancelled for %(count)d second",
        "Now; it can be cancelled for %(count)d seconds",
        seconds,
    ) % {"count": seconds}
