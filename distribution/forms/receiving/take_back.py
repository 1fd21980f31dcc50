"""Forms to take an act back, and to ask for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from distribution.forms.words import WordsField


class TakeBackForm(forms.Form):
    """Names the act that the page showed; see LastAct."""

    stamp = forms.CharField(max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_take_back_%s", **kwargs})


class AskTakeBackForm(TakeBackForm):
    """The act and the reason."""

    reason = WordsField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Until it is decided, what was recorded stands."),
    )


class TakeBackByLinkForm(TakeBackForm):
    """The act, and the one-time code with which it was done."""

    used_code = forms.CharField(
        label=_("One-time code"),
        help_text=_("The six digits with which you recorded it."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_used_code(self) -> str:
        return "".join(str(self.cleaned_data["used_code"]).split())
