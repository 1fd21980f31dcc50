"""Form to assign letters to a person of the unit."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from distribution.forms.words import LinesField
from distribution.models.deliveries.assignment import LONGEST_ASSIGNMENT_NOTE


class AssignForm(forms.Form):
    """One of the people who receive for the unit, and a note to that person."""

    person = forms.TypedChoiceField(
        label=_("Assign to"),
        help_text=_("People who receive for your unit today. Confirming stays the unit's duty."),
    )
    note = LinesField(
        label=_("Note to this person"),
        required=False,
        max_length=LONGEST_ASSIGNMENT_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only your own unit sees the assignment and the note."),
    )

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_assign_%s", **kwargs})
        by_id = {str(person.pk): person for person in people}
        field = self.fields["person"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", _("Choose a person")), *((pk, _named(each)) for pk, each in by_id.items())]
        field.coerce = by_id.__getitem__


def _named(person: User) -> str:
    named = f"{person}, {person.job_title}" if person.job_title else str(person)
    if person.email:
        return named
    return gettext("%(person)s (no e-mail address: gets no message)") % {"person": named}
