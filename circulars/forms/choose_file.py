"""The form for choosing the letter file of a draft."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from circulars.forms.record import LetterFileForm
from circulars.models import Circular, FileChoice


class ChooseFileForm(LetterFileForm):
    """A new file, or for a correction of a letter with a file, that it is unchanged. Choosing a file is enough."""

    choice = forms.ChoiceField(
        label=gettext_lazy("The file that goes with this revision"),
        choices=FileChoice,
        required=False,
        widget=forms.RadioSelect,
    )
    field_order = ["choice", "file"]

    def __init__(self, *args: Any, circular: Circular, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        before = circular.corrects
        if before is None or not before.source_file:
            del self.fields["choice"]
        elif not self.is_bound:
            self.initial["choice"] = circular.file_choice
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        choice = cleaned.get("choice")
        if self.errors:
            return cleaned
        if choice == FileChoice.UNCHANGED and cleaned["file"]:
            self.add_error(
                "choice",
                _("A file was chosen too. Tick “A new file”, or send the form without the file."),
            )
        elif choice != FileChoice.UNCHANGED and not cleaned["file"]:
            self.add_error(
                "file" if choice or "choice" not in self.fields else "choice", self._missing(choice)
            )
        return cleaned

    def _missing(self, choice: str | None) -> str:
        if choice or "choice" not in self.fields:
            return _("No file was chosen. Choose a file first.")
        return _("Say which file goes: choose the new one, or tick that the signed file is unchanged.")
