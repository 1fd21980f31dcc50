"""A form field for several uploaded files."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from circulars.files.uploads import sort_attachments


class FilesInput(forms.ClearableFileInput):
    """File input that accepts several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; each refused file is reported with the reason."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[bytes]]":
        """The files in order. Raises ValidationError with one message per refused file."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given:
            super().clean(None, initial)
            return []
        good, refused = sort_attachments(given)
        if refused:
            raise ValidationError(refused)
        return good
