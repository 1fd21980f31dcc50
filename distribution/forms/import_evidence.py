"""Form to upload KEP evidence files."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.files import FilesInput
from distribution.forms.documents import FilesField


class ImportEvidenceForm(forms.Form):
    """XML evidence files, or ZIP archives of them."""

    evidence = FilesField(
        label=_("Evidence files"),
        help_text=_(
            "XML, or ZIP with XML inside, as the KEP provider gives them out. Several at once will do."
        ),
        widget=FilesInput(attrs={"accept": ".xml,.zip"}),
    )
