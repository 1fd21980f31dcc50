"""Form to request an extension."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.moment import AskingForm, DueField
from distribution.forms.words import WordsField


class ExtensionForm(AskingForm):
    """The requested due time and the reason."""

    due_name = "wanted"
    wanted = DueField(
        label=_("Wanted until"),
        help_text=_(
            "Without an hour, the end of the day counts. Until it is decided, the present due time holds."
        ),
    )
    reason = WordsField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_extension_%s", **kwargs})
