"""Form to add a step to a reminder schedule."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from circulars.models import Urgency
from distribution.models import Anchor, ReminderStep, StepAction, StepUnit

MOST = 250


class ReminderStepForm(forms.Form):
    """Moment and action of a step. Only steps that the letter can have are offered."""

    amount = forms.IntegerField(label=_("How many"), min_value=0, max_value=MOST)
    unit = forms.ChoiceField(label=_("Days or hours"), choices=StepUnit)
    anchor = forms.ChoiceField(label=_("Counted"), choices=Anchor)
    action = forms.ChoiceField(label=pgettext_lazy("step", "What happens"), choices=StepAction)

    def __init__(self, *args: Any, urgency: str, has_due: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.urgency = urgency
        if urgency != Urgency.URGENT:
            self._offer("unit", [(StepUnit.WORKING_DAYS.value, StepUnit.WORKING_DAYS.label)])
        if not has_due:
            self._offer("anchor", [(Anchor.SENT.value, Anchor.SENT.label)])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def step(self) -> ReminderStep:
        """The unsaved step. The form must be valid."""
        return ReminderStep(urgency=self.urgency, **self.cleaned_data)
