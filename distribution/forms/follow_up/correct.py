"""Form for a correction: the change note, and the recipients concerned."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from circulars.models import Circular, Purpose
from distribution.forms.words import WordsField
from distribution.models import Delivery

ALL, ACTION, LINES, UNITS = "all", "action", "lines", "units"


class TouchedForm(forms.Form):
    """The change note, and one of four ways to select recipients."""

    note = WordsField(
        label=gettext_lazy("What changed"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Those whom it touches read it with the new revision."),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("Whom it touches"),
        choices=[
            (ALL, gettext_lazy("All who have the letter")),
            (ACTION, gettext_lazy("Only those for action (Gereği)")),
            (LINES, gettext_lazy("The units of the printed lines ticked below")),
            (UNITS, gettext_lazy("The units ticked below")),
        ],
        widget=forms.RadioSelect,
    )
    lines = forms.MultipleChoiceField(required=False)
    units = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, correction: Circular, copies: list[Delivery], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.copies = copies
        texts = {each.line.text: each.line.text for each in copies if each.line}
        self.fields["lines"].choices = list(texts.items())  # type: ignore[attr-defined]
        self.fields["units"].choices = [  # type: ignore[attr-defined]
            (str(each.agency_id), each.agency.name) for each in copies
        ]
        if not self.is_bound:
            touched = {str(pk) for pk in correction.touched.values_list("pk", flat=True)}
            whole = len(touched) == len(copies)
            self.initial = {
                "note": correction.change_note,
                "scope": ALL if whole else UNITS,
                "units": [] if whole else list(touched),
            }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "scope" in cleaned and not self.touched():
            self.add_error("scope", _("Nobody is touched this way. Tick at least one line or unit below."))
        return cleaned

    def touched(self) -> list[Delivery]:
        """The copies selected."""
        match self.cleaned_data["scope"]:
            case "action":
                return [each for each in self.copies if each.purpose == Purpose.ACTION]
            case "lines":
                lines = self.cleaned_data.get("lines", [])
                return [each for each in self.copies if each.line and each.line.text in lines]
            case "units":
                units = self.cleaned_data.get("units", [])
                return [each for each in self.copies if str(each.agency_id) in units]
        return self.copies
