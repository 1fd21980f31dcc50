"""Form to decide on an extension request."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.forms.moment import AskingForm, DueField
from distribution.forms.words import WordsField
from distribution.models import ExtensionRequest
from distribution.reminders.plan import province_of

REFUSE = "refuse"
"""Value of the button that refuses."""


class DecisionForm(AskingForm):
    """The granted due time, or the answer of a refusal, depending on the button."""

    due_name = "granted_until"
    granted_until = DueField(label=_("Grant until"), required=False)
    answer = WordsField(
        label=pgettext_lazy("decision", "Answer"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The unit reads it. Needed if you refuse."),
    )

    below = forms.BooleanField(
        label=_("What was passed on and is due together with it becomes due later as well"),
        required=False,
        initial=True,
    )

    def __init__(
        self, *args: Any, extension: ExtensionRequest, passed_on: bool = False, **kwargs: Any
    ) -> None:
        """`passed_on`: whether copies below the unit would follow."""
        kwargs.setdefault("initial", {"granted_until": extension.wanted})
        super().__init__(
            *args,
            province=province_of(extension.delivery),
            **{"auto_id": f"id_decision_{extension.pk}_%s", **kwargs},
        )
        if not passed_on:
            del self.fields["below"]

    def clean(self) -> dict[str, Any]:
        """A refusal gives no time to ask about."""
        return self.cleaned_data if self.data.get("decision") == REFUSE else super().clean()
