"""The form for recording a letter."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from agencies.forms.files import KeptFileInput, OneFileField
from circulars.files.limited.pool import LimitReached
from circulars.files.limited.reading import package_of, read_while_waiting
from circulars.files.uploads import FileRefused, check_attachment
from circulars.reading import UnreadableFile
from circulars.services.record import CLASSIFIED

LONGEST_TEXT = 1_000_000


READABLE_SUFFIXES = ".pdf,.docx,.docm,.dotx,.txt,.eyp"


def may_be_stored(upload: "UploadedFile[bytes]") -> bool:
    """Whether the file is a letter that isn't marked Gizli or Çok Gizli, or a scan that nobody can read yet.

    One that takes long to read isn't kept.
    """
    upload.seek(0)
    content = upload.read()
    at_once = settings.READING_AT_ONCE_MS / 1000
    try:
        return read_while_waiting(content, str(upload.name), at_once).letter.secrecy not in CLASSIFIED
    except UnreadableFile as error:
        package = package_of(content) if error.code == "no_text_layer" else None
        return error.code == "no_text_layer" and (package is None or package.secrecy not in CLASSIFIED)
    except LimitReached:
        return False


class LetterFileForm(forms.Form):
    """The file of a letter."""

    file = OneFileField(
        label=_("Letter file"),
        required=False,
        allow_empty_file=True,
        max_length=255,
        help_text=_("PDF, DOCX, TXT or EYP."),
        widget=KeptFileInput(attrs={"accept": READABLE_SUFFIXES}, may_be_kept=may_be_stored),
    )

    def clean_file(self) -> "UploadedFile[bytes] | None":
        upload: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if upload is not None:
            try:
                check_attachment(upload)
            except FileRefused as refused:
                raise ValidationError(str(refused)) from refused
        return upload


class RecordForm(LetterFileForm):
    """A letter as a file or as pasted text."""

    text = forms.CharField(
        label=_("Or the letter's text"),
        required=False,
        max_length=LONGEST_TEXT,
        help_text=_("Paste the whole letter, from the letterhead to the last line of the distribution."),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned["file"] and cleaned["text"]:
            self.add_error(
                "text",
                _("There is both a file and a text. Remove the text, or send the form without the file."),
            )
        elif not cleaned["file"] and not cleaned["text"]:
            self.add_error(
                "file", _("There is no letter yet. Choose a file, or paste the letter's text below.")
            )
        return cleaned
