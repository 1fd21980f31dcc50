"""Form to upload KEP evidence files."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.files import FilesInput
from agencies.models import Agency
from distribution.forms.documents import FilesField


class ImportEvidenceForm(forms.Form):
    """XML evidence files, or ZIP archives of them, and the unit that sent the messages."""

    issuer = forms.ModelChoiceField(
        Agency.objects.none(),
        label=_("Unit that sent the messages"),
        help_text=_("Its senders settle the evidence that matches no notice."),
    )
    evidence = FilesField(
        label=_("Evidence files"),
        help_text=_(
            "XML, or ZIP with XML inside, as the KEP provider gives them out. Several at once will do."
        ),
        widget=FilesInput(attrs={"accept": ".xml,.zip"}),
    )

    def __init__(self, *args: Any, issuers: Sequence[Agency], **kwargs: Any) -> None:
        """`issuers` are the units for which the user sends. A single one isn't asked for."""
        super().__init__(*args, **kwargs)
        field = self.fields["issuer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Agency.objects.filter(pk__in=[unit.pk for unit in issuers])
        if len(issuers) < 2:
            del self.fields["issuer"]
