"""The form for declaring administrative leave."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.fields import DayInput
from agencies.models import DeclaredLeave


class LeaveForm(forms.ModelForm[DeclaredLeave]):
    """First and last day, for the whole country or one province."""

    class Meta:
        model = DeclaredLeave
        fields = ["first_day", "last_day", "afternoon_only", "province", "reason"]
        widgets = {"first_day": DayInput, "last_day": DayInput}
        labels = {"first_day": _("First day"), "last_day": _("Last day")}
        help_texts = {
            "last_day": _("Empty: a single day."),
            "reason": _(
                "As it was announced, for example heavy snowfall, or the decision's date and number."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].required = False
        province = self.fields["province"]
        assert isinstance(province, forms.ModelChoiceField)
        province.empty_label = _("The whole country")

    def clean(self) -> dict[str, Any]:
        """Default the last day to the first."""
        cleaned = super().clean() or self.cleaned_data
        if not self.has_error("last_day") and not cleaned.get("last_day"):
            cleaned["last_day"] = cleaned.get("first_day")
        return cleaned
