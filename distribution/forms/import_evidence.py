"""KEP evidence files that a sender uploads."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from circulars.files import FileRefused, check_size

Uploads = Iterable["UploadedFile[bytes]"]


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of files, none of them empty or over the limit."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        uploads = [super(FilesField, self).clean(each, initial) for each in data or [None]]
        refused = []
        for upload in uploads:
            try:
                check_size(upload)
            except FileRefused as error:
                refused.append(str(error))
        if refused:
            raise ValidationError(refused)
        return uploads


class ImportEvidenceForm(forms.Form):
    """XML files of evidence, or ZIP archives of them."""

    evidence = FilesField(
        label=_("Evidence files"),
        allow_empty_file=True,
        help_text=_(
            "XML, or ZIP with XML inside, as the KEP provider gives them out. Several at once will do."
        ),
        widget=FilesInput(attrs={"accept": ".xml,.zip"}),
    )
