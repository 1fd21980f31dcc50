"""A form field for a due time."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.calendar import free_due_days
from agencies.forms.fields import DayInput, NativeInput, parsed_day

END_OF_DAY = time(23, 59)
LAST_YEAR = 2099


def _parsed_time(text: str) -> time | None:
    for form in ("%H:%M", "%H:%M:%S"):
        try:
            return datetime.strptime(text.strip(), form).time()
        except ValueError:
            continue
    return None


class TimeInput(NativeInput):
    """The browser's time input, without seconds."""

    input_type = "time"

    def native(self, value: Any) -> str | None:
        """Hours and minutes of the day, as in 17:00."""
        found = _parsed_time(str(value or ""))
        return f"{found:%H:%M}" if found is not None else None


class DayAndTimeInput(forms.MultiWidget):
    """A date input and a time input, submitted as NAME_0 and NAME_1.

    A single text under NAME is accepted too. The label belongs to the date input, whose id is the field's own.
    """

    supports_microseconds = False
    use_fieldset = False

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([DayInput({"class": "app-day"}), TimeInput({"class": "app-time"})], attrs)

    def name_the_time(self, name: Any) -> None:
        """The accessible name of the time input."""
        self.widgets[1].attrs["aria-label"] = name

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """What was entered, as one text: the day, and the time if there is one."""
        if f"{name}_0" not in data and f"{name}_1" not in data:
            return data.get(name)
        return " ".join(str(data.get(f"{name}_{part}") or "").strip() for part in (0, 1)).strip()

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and super().value_omitted_from_data(data, files, name)

    def decompress(self, value: Any) -> list[str]:
        """Day and time of a moment or of an entered text; what can't be read stays as it was entered."""
        if isinstance(value, datetime):
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            return [local.date().isoformat(), f"{local:%H:%M}"]
        text = str(value or "").strip()
        day, _space, hour = text.replace("T", " ").rpartition(" ")
        return [day, hour] if _parsed_time(hour) is not None else [text, ""]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        day, hour = (part["attrs"] for part in context["widget"]["subwidgets"])
        hour.pop("required", None)
        if own_id := context["widget"]["attrs"].get("id"):
            day["id"], hour["id"] = own_id, f"{own_id}_time"
        return context


class MomentField(forms.DateTimeField):
    """A day and a time, in two native inputs or typed as in letters, in Turkish time."""

    widget = DayAndTimeInput
    default_error_messages = {
        "invalid": _("This isn't a date as it is written in letters. Write it as dd.mm.yyyy hh:mm."),
    }

    def __init__(self, *, label: Any, **kwargs: Any) -> None:
        super().__init__(**{"label": label, **kwargs})
        assert isinstance(self.widget, DayAndTimeInput)
        self.widget.name_the_time(format_lazy("{}: {}", label, _("time")))

    def to_python(self, value: Any) -> datetime | None:
        """The moment in Turkish time."""
        try:
            found: datetime | None = super().to_python(value)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return found


class DueField(MomentField):
    """A day with an optional time; without one, the end of the day, in Turkish time."""

    default_error_messages = {
        "no_day": _("A time alone is no due time. Enter the day as well."),
        "too_far": _("This is too far away. Enter a date until 2099."),
    }

    def __init__(self, *, label: Any, **kwargs: Any) -> None:
        super().__init__(
            **{"label": label, "help_text": _("Without an hour, the end of the day counts."), **kwargs}
        )

    def to_python(self, value: Any) -> datetime | None:
        """The moment in Turkish time."""
        found = self._moment(value)
        if found is not None and found.year > LAST_YEAR:
            raise ValidationError(self.error_messages["too_far"], code="too_far")
        return found

    def _moment(self, value: Any) -> datetime | None:
        if isinstance(value, str):
            if (day := parsed_day(value)) is not None:
                return timezone.make_aware(datetime.combine(day, END_OF_DAY))
            if _parsed_time(value) is not None:
                raise ValidationError(self.error_messages["no_day"], code="no_day")
        return super().to_python(value)


class PastField(MomentField):
    """A day and time in the past, entered like a due time; both are needed."""

    default_error_messages = {"no_time": _("Enter the day and the time.")}

    def between(self, earliest: datetime) -> None:
        """Let the calendar offer only the days from `earliest` until today. It checks nothing."""
        assert isinstance(self.widget, DayAndTimeInput)
        for name, moment in (("min", earliest), ("max", timezone.now())):
            self.widget.widgets[0].attrs[name] = f"{timezone.localdate(moment):%Y-%m-%d}"

    def to_python(self, value: Any) -> datetime | None:
        """The moment in Turkish time."""
        is_part = isinstance(value, str) and (parsed_day(value) or _parsed_time(value))
        if is_part:
            raise ValidationError(self.error_messages["no_time"], code="no_time")
        return super().to_python(value)


class AskingForm(forms.Form):
    """Base of forms that set a due time without a preview: a time when nobody is at work is asked about once.

    The same time submitted again is accepted, and so is one without `asked_about`, which no page of ours sends.
    """

    due_name: ClassVar[str] = "due_at"
    asked_about = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, province: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.province = province

    def clean(self) -> dict[str, Any]:
        """Add the warning to the due time, unless this time was asked about."""
        cleaned = super().clean() or self.cleaned_data
        due, asked = cleaned.get(self.due_name), self.add_prefix("asked_about")
        before = cleaned.pop("asked_about", "")
        if asked not in self.data or due is None or before == due.isoformat():
            return cleaned
        if due > timezone.now() and (found := free_due_days(due, [self.province])):
            entered: Any = self.data
            entered = entered.copy()
            entered[asked] = due.isoformat()
            self.data = entered
            keep = gettext("Submit again to keep it.")
            self.add_error(self.due_name, f"{found[0].words} {keep}")
        return cleaned
