"""The form that renames an agency."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.forms.fields import day_field


class RenameForm(forms.Form):
    """A new name and its first day."""

    name = forms.CharField(label=_("New official name"), max_length=250)
    on = day_field(_("First day"), _("The first day of the new name, not later than today."))

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(
                _(
                    "The new name is used at once; choose today or an earlier day. Come back on the day itself."
                )
            )
        return on
