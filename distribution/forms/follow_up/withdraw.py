"""Form to withdraw a letter."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from circulars.models import Circular, CircularQuerySet
from distribution.forms.words import WordsField

WRONG_LIST, WRONG_FILE, OTHER = "wrong_list", "wrong_file", "other"


class WithdrawForm(forms.Form):
    """The reason, and the letter that replaces it."""

    ground = forms.ChoiceField(
        label=gettext_lazy("Why the letter is taken back"),
        choices=[
            (WRONG_LIST, gettext_lazy("It went to a wrong distribution list")),
            (WRONG_FILE, gettext_lazy("A wrong file or text was sent")),
            (OTHER, gettext_lazy("Another reason")),
        ],
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "For a mistake alone don't take the letter back: send a new revision with “Correct the letter”."
        ),
    )
    text = WordsField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Recipients read it with the reason. Needed for “Another reason”."),
    )
    successor = forms.ModelChoiceField(
        queryset=Circular.objects.none(), to_field_name="public_id", required=False
    )

    def __init__(self, *args: Any, successors: CircularQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = successors  # type: ignore[attr-defined]
        self.fields["successor"].error_messages["invalid_choice"] = _(
            "This letter can't replace the other one: it was taken back or replaced itself. Choose another one."
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("ground") == OTHER and not cleaned.get("text", "").strip():
            self.add_error("text", _("Say the reason: those who have the letter read it."))
        return cleaned

    def chosen_successor(self) -> list[Circular]:
        """The selected letter, kept in the list when a search doesn't match it; empty if none is selected."""
        try:
            chosen = self.fields["successor"].clean(self["successor"].value())
        except forms.ValidationError:
            return []
        return [chosen] if chosen else []

    def reason(self) -> str:
        """The reason as shown to recipients, in Turkish."""
        text: str = self.cleaned_data["text"].strip()
        if self.cleaned_data["ground"] == OTHER:
            return text
        with override("tr"):
            words = (
                _("Wrong distribution list") if self.cleaned_data["ground"] == WRONG_LIST else _("Wrong file")
            )
        return f"{words}: {text}" if text else words
