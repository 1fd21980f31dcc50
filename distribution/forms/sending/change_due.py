"""Form to extend the due time of a sent letter."""

from django import forms
from django.utils.translation import gettext_lazy as _

from distribution.forms.moment import DueField
from distribution.forms.words import WordsField


class ExtendForm(forms.Form):
    """New due time and reason."""

    until = DueField(label=_("New due time"))
    reason = WordsField(
        label=_("Reason (optional)"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The units read it."),
    )
