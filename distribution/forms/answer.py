"""What a recipient types beside its confirmation: the answer, further documents, a return, more time."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from distribution.forms.documents import FilesField
from distribution.forms.moment import DueField
from distribution.forms.words import WordsField
from distribution.models import Delivery, Disposition, ReturnGround


class AnswerForm(forms.Form):
    """Done or not applicable, in words and with documents; with the register number if it isn't known yet."""

    disposition = forms.ChoiceField(
        label=_("Answer"),
        choices=[
            (Disposition.DONE, _("Done: what the letter asks for is done")),
            (Disposition.NOT_APPLICABLE, _("Not applicable: it doesn't concern the unit's work")),
        ],
        widget=forms.RadioSelect,
        help_text=_("A recorded answer can't be changed; only documents can be added to it."),
    )
    note = WordsField(
        label=_("In words"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed if the letter is not applicable: say why."),
    )
    documents = FilesField(label=_("Answer documents (optional)"), required=False)
    register_number = WordsField(
        label=_("Your unit's register number (optional)"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, delivery: Delivery, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_answer_%s", **kwargs})
        if delivery.acknowledged_at is not None:
            del self.fields["register_number"]


class DocumentsForm(forms.Form):
    """Documents after the answer."""

    documents = FilesField(label=_("Further answer documents"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_further_%s", **kwargs})


class ReturnForm(forms.Form):
    """On which ground the letter is returned, and why. `last_day` is the last one for "not fit"."""

    ground = forms.ChoiceField(label=_("Ground"), choices=ReturnGround.choices, widget=forms.RadioSelect)
    reason = WordsField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "The sender is told at once and reads it. Once the letter is returned,"
            " nothing is asked of your unit any more."
        ),
    )

    def __init__(self, *args: Any, last_day: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_return_%s", **kwargs})
        words = (
            gettext("“%(ground)s” is possible until the end of %(day)s, the second working day.")
            if last_day >= timezone.localdate()
            else gettext("“%(ground)s” was possible until the end of %(day)s, the second working day.")
        )
        self.fields["ground"].help_text = words % {
            "ground": ReturnGround.NOT_FIT.label,
            "day": date_format(last_day, "SHORT_DATE_FORMAT"),
        }


class ExtensionForm(forms.Form):
    """Until when more time is wanted, and for what."""

    wanted = DueField(
        label=_("Wanted until"),
        help_text=_(
            "Without an hour, the end of the day counts. Until it is decided, the present due time holds."
        ),
    )
    reason = WordsField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_extension_%s", **kwargs})
