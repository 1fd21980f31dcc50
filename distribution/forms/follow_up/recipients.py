"""Forms to add a recipient to a sent letter, and to remove one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.moment import AskingForm, DueField
from circulars.models import Circular, Purpose, Urgency
from distribution.forms.words import WordsField


class AddForm(AskingForm):
    """Purpose and due time of the new copy."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose, widget=forms.RadioSelect)
    due_at = DueField(label=_("Due"), required=False)

    def __init__(self, *args: Any, circular: Circular, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if circular.urgency == Urgency.URGENT:
            del self.fields["due_at"]


class RemoveForm(forms.Form):
    """Reason of the removal."""

    reason = WordsField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The unit reads it."),
    )
