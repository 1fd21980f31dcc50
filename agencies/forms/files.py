"""Fields for uploaded files. What was chosen stays chosen if the form is refused for another field."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext

from agencies.services.kept_files import FIELD, KeptFile, KeptFiles, value_of


class KeptFileInput(forms.FileInput):
    """A file input that names the files which are kept, each with a tick that sends it again.

    `templates/bootstrap5/layout/field_file.html` shows them. A file is offered to be kept where the widget is
    rendered with it: only the form of a refused request is rendered with files. `may_be_kept` is a check beyond those
    of the field: whether a file may be stored at all.
    """

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        may_be_kept: Callable[["UploadedFile[bytes]"], bool] | None = None,
    ) -> None:
        super().__init__(attrs)
        self.may_be_kept = may_be_kept
        self.refused: list[UploadedFile[bytes]] = []

    def __deepcopy__(self, memo: dict[int, Any]) -> "KeptFileInput":
        copied: KeptFileInput = super().__deepcopy__(memo)
        copied.refused = []
        return copied

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        widget = context["widget"]
        widget["kept"], widget["kept_name"], widget["choose_again"] = [], FIELD, []
        uploads = value if isinstance(value, list | tuple) else [value] if value else []
        if "aria-invalid" in widget["attrs"] and not self.allow_multiple_selected:
            uploads = []  # the file itself was refused
        for upload in uploads:
            kept: KeptFiles | None = getattr(upload, "kept_files", None)
            if kept is None or upload in self.refused or getattr(upload, "is_lost", False):
                continue
            may_be_kept = self.may_be_kept is None or self.may_be_kept(upload)
            entry = kept.offer(name, upload) if may_be_kept else None
            if entry is None:
                widget["choose_again"].append(upload.name)
            else:
                widget["kept"].append({**entry, "value": value_of(entry)})
        if widget["kept"]:
            widget["attrs"].pop("required", None)
        return context


class OneFileField(forms.FileField):
    """One file; a newly chosen one takes the place of a kept one."""

    widget = KeptFileInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The file. Raises ValidationError, also for a kept file that is no longer there."""
        refuse_lost([data])
        return super().clean(data, initial)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was sent, for the widget to show; Django's field forgets it."""
        return data


class FilesInput(KeptFileInput):
    """File input that accepts several files."""

    allow_multiple_selected = True


def refuse_lost(uploads: Iterable[Any]) -> None:
    """Raise ValidationError if one of the files was kept and isn't any more."""
    lost = [str(each.name) for each in uploads if isinstance(each, KeptFile) and each.is_lost]
    if lost:
        raise ValidationError(
            [
                gettext("The file “%(name)s” is no longer kept. Choose it again.") % {"name": name}
                for name in lost
            ]
        )
