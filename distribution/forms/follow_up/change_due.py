"""Form to change the due time of a sent letter."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.moment import DueField
from distribution.forms.words import WordsField


class ChangeDueForm(forms.Form):
    """New due time, reason, and what else follows it."""

    until = DueField(label=_("New due time"))
    reason = WordsField(
        label=_("Reason (optional)"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The units read it."),
    )
    below = forms.BooleanField(
        label=_("What was passed on and is due together with it becomes due later as well"), required=False
    )
    personal_too = forms.BooleanField(
        label=_("Shorten the longer time of these units too, and of what they passed on"), required=False
    )
