"""The form for a deputyship's period."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.fields import day_field


class DeputyshipForm(forms.Form):
    """First and last day of a deputyship, and its reason."""

    first_day = day_field(_("First day"), _("The deputy acts from the beginning of this day."))
    last_day = day_field(_("Last day"), _("The deputy acts until the end of this day."))
    reason = forms.CharField(
        label=_("Reason (optional)"),
        max_length=200,
        required=False,
        help_text=_("For instance the leave, or the number of the approval."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
