"""Form to note a call."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.calendar import moment_on
from agencies.forms.fields import day_field, parsed_day
from agencies.forms.moment import MomentField
from distribution.forms.words import LinesField
from distribution.models import Call, CallOutcome, Delivery
from distribution.models.acts.call import LONGEST_NOTE
from distribution.services.follow_up.note_call import Outcome

MORNING = time(9)
LONGEST_NUMBER = Call._meta.get_field("phone").max_length


class LaterField(MomentField):
    """A day with an optional time; without one, the morning of the day, in Turkish time."""

    def to_python(self, value: Any) -> datetime | None:
        """The moment in Turkish time."""
        if isinstance(value, str) and (day := parsed_day(value)) is not None:
            return moment_on(day, MORNING)
        return super().to_python(value)


def _words(delivery: Delivery) -> str:
    letter = delivery.circular
    return " · ".join(filter(None, [letter.number, letter.subject, delivery.get_purpose_display()]))


class NoteCallForm(forms.Form):
    """What came of the call, and the copies that it was about. `number` is the one that the page showed."""

    outcome = forms.ChoiceField(
        label=_("What came of the call"), choices=CallOutcome.choices, widget=forms.RadioSelect
    )
    promised_for = day_field(
        _("Promised for"), _("Only for a promise. Until then the unit stands at the end of the list.")
    )
    note = LinesField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Senders and managers of the letters read it; the unit doesn't."),
    )
    ring_again_at = LaterField(
        label=_("Ring again"),
        required=False,
        help_text=_("Until then the unit stands at the end of the list. Without an hour, 9:00 counts."),
    )
    deliveries = forms.MultipleChoiceField(
        label=_("Letters that the call was about"), required=False, widget=forms.CheckboxSelectMultiple
    )
    number = forms.CharField(required=False, max_length=LONGEST_NUMBER, widget=forms.HiddenInput)

    def __init__(self, *args: Any, deliveries: Sequence[Delivery], number: str, **kwargs: Any) -> None:
        choices = [(str(each.public_id), _words(each)) for each in deliveries]
        initial = {"deliveries": [value for value, _label in choices], "number": number}
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.fields["promised_for"].required = False
        self.fields["deliveries"].choices = choices  # type: ignore[attr-defined]

    def noted(self) -> Outcome:
        """The input of the service. Only for a valid form."""
        data = self.cleaned_data
        return Outcome(
            outcome=CallOutcome(data["outcome"]),
            number=data["number"],
            promised_for=data["promised_for"],
            note=data["note"],
            ring_again_at=data["ring_again_at"],
        )
