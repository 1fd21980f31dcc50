"""Form to object to what the sender recorded on the unit's behalf."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from distribution.forms.words import WordsField


class ObjectionForm(forms.Form):
    """What is wrong with the record."""

    reason = WordsField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The sender is told at once and reads it. The letter waits for your unit again."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_objection_%s", **kwargs})
