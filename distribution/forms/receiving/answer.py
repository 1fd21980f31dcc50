"""Forms to answer a letter and to add documents."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from distribution.forms.documents import FilesField
from distribution.forms.receiving.register_number import RegisterNumberField
from distribution.forms.words import WordsField
from distribution.models import Delivery, Disposition
from distribution.models.acts.take_back import TAKE_BACK_WITHIN


class AnswerForm(forms.Form):
    """Done or not applicable, with a note and documents, and the register number if it isn't known yet.

    `delivery` is None if several letters are answered, each without a register number.
    """

    disposition = forms.ChoiceField(
        label=_("Answer"),
        choices=[
            (Disposition.DONE, _("Done: what the letter asks for is done")),
            (Disposition.NOT_APPLICABLE, _("Not applicable: it doesn't concern the unit's work")),
        ],
        widget=forms.RadioSelect,
    )
    note = WordsField(
        label=_("In words"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed if the letter is not applicable: say why."),
    )
    documents = FilesField(label=_("Answer documents (optional)"), required=False)
    register_number = RegisterNumberField()

    def __init__(self, *args: Any, delivery: Delivery | None, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_answer_%s", **kwargs})
        self.fields["disposition"].help_text = gettext(
            "A recorded answer can be taken back for %(minutes)d minutes; afterwards only documents can be added."
        ) % {"minutes": TAKE_BACK_WITHIN.seconds // 60}
        if delivery is None or not delivery.can_be_confirmed:
            del self.fields["register_number"]


class DocumentsForm(forms.Form):
    """Documents added after the answer."""

    documents = FilesField(label=_("Further answer documents"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_further_%s", **kwargs})
