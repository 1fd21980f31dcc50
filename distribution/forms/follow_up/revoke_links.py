"""Form to revoke the links of a delivery."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from distribution.forms.words import WordsField


class RevokeLinksForm(forms.Form):
    """The reason, and whether a new link is sent at once."""

    reason = WordsField(
        label=_("Reason"),
        help_text=_("The sender and the unit read it."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    send_new = forms.BooleanField(label=_("Send the unit a new link at once"), required=False)

    def __init__(self, *args: Any, may_send: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_send:
            del self.fields["send_new"]
