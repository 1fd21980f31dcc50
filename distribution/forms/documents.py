"""A form field for several uploaded files."""

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from agencies.forms.files import FilesInput, OneFileField, refuse_lost
from circulars.files.uploads import sort_attachments


class FilesField(OneFileField):
    """Several files; each refused file is reported with the reason, and the others are kept."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[bytes]]":
        """The files in order. Raises ValidationError with one message per refused file."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given:
            super().clean(None, initial)
            return []
        refuse_lost(given)
        good, refused = sort_attachments(given)
        if refused:
            shown = cast(FilesInput, self.widget)
            shown.refused.extend(each for each in given if each not in good)
            raise ValidationError(refused)
        return good
