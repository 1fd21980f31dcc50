"""Form of an internal note."""

from django import forms
from django.utils.translation import gettext_lazy as _

from distribution.forms.words import LinesField
from distribution.models.deliveries.internal_note import LONGEST_NOTE


class NoteForm(forms.Form):
    """The text of the note."""

    text = LinesField(
        label=_("Internal note"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only your own unit sees it. It is in no mail and no report."),
    )
