"""Form to give several recipients more time."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.moment import DueField
from distribution.forms.words import WordsField


class GiveMoreTimeForm(forms.Form):
    """New due time, reason, and whether what was passed on follows it."""

    until = DueField(label=_("New due time"))
    reason = WordsField(
        label=_("Reason (optional)"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The units read it."),
    )
    below = forms.BooleanField(
        label=_("What was passed on and is due together with it becomes due later as well"),
        required=False,
        initial=True,
    )
