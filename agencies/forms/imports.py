"""The upload form of a directory import."""

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from agencies.forms.files import KeptFileInput, OneFileField


class ImportForm(forms.Form):
    """A directory file."""

    file = OneFileField(
        label=_("Directory file"),
        help_text=_("CSV or XLSX. A row at the beginning names the columns."),
        max_length=255,
        widget=KeptFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )

    blanks_erase = forms.BooleanField(
        label=_("Empty cells erase the stored values"),
        required=False,
        help_text=_("Else an empty cell leaves everything as it is."),
    )

    sheet = forms.CharField(
        label=_("Sheet"),
        required=False,
        max_length=31,
        help_text=_("Only if several sheets of the workbook hold a table: the name of the one to be read."),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        size = upload.size or 0
        if size > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(
                _("The file has %(size)s; at most %(limit)s can be taken. Split it."),
                params={
                    "size": filesizeformat(size),
                    "limit": filesizeformat(settings.UPLOAD_LIMIT),
                },
            )
        return upload
