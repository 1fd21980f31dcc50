"""A field for several files that may be sent."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from circulars.files.uploads import sort_attachments


class FilesInput(forms.ClearableFileInput):
    """A file input in which several files can be chosen."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; each one that may not be kept is named with the reason."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[bytes]]":
        """The files in their order. Raises ValidationError with a message for each refused file."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given:
            super().clean(None, initial)
            return []
        good, refused = sort_attachments(given)
        if refused:
            raise ValidationError(refused)
        return good
