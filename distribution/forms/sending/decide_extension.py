"""Form to decide on an extension request."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from distribution.forms.moment import DueField
from distribution.forms.words import WordsField
from distribution.models import ExtensionRequest


class DecisionForm(forms.Form):
    """The granted due time, or the answer of a refusal, depending on the button."""

    granted_until = DueField(label=_("Grant until"), required=False)
    answer = WordsField(
        label=pgettext_lazy("decision", "Answer"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The unit reads it. Needed if you refuse."),
    )

    def __init__(self, *args: Any, extension: ExtensionRequest, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"granted_until": extension.wanted})
        super().__init__(*args, **{"auto_id": f"id_decision_{extension.pk}_%s", **kwargs})
