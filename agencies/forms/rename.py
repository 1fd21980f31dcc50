"""The form that renames an agency."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.forms.changed_meanwhile import VersionedForm
from agencies.forms.fields import day_field
from agencies.models import Agency
from agencies.services.changed_meanwhile import version_of


class RenameForm(VersionedForm):
    """A new name and its first day, with the version of the present name."""

    name = forms.CharField(label=_("New official name"), max_length=250)
    on = day_field(_("First day"), _("The first day of the new name, not later than today."))

    def __init__(self, *args: Any, agency: Agency, on: date, **kwargs: Any) -> None:
        initial = {"name": agency.name, "on": on, "version_read": version_of(agency.name)}
        super().__init__(*args, **{"initial": initial, **kwargs})

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(
                _(
                    "The new name is used at once; choose today or an earlier day. Come back on the day itself."
                )
            )
        return on
