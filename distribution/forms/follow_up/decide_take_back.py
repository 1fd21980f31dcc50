"""Form to decide on a request to take an act back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from distribution.forms.words import WordsField
from distribution.models import TakeBackRequest


class TakeBackDecisionForm(forms.Form):
    """The answer, needed for a refusal."""

    answer = WordsField(
        label=pgettext_lazy("decision", "Answer"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The unit reads it. Needed if you refuse."),
    )

    def __init__(self, *args: Any, request: TakeBackRequest, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"id_take_back_{request.pk}_%s", **kwargs})
