"""Form to return a letter."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from distribution.forms.words import WordsField
from distribution.models import ReturnGround


class ReturnForm(forms.Form):
    """Ground and reason. `last_day` is the last day for the ground "not fit", None for several letters."""

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

    def __init__(self, *args: Any, last_day: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_return_%s", **kwargs})
        if last_day is None:
            return
        words = (
            gettext("“%(ground)s” is possible until the end of %(day)s, the second working day.")
            if last_day >= timezone.localdate()
            else gettext("“%(ground)s” was possible until the end of %(day)s, the second working day.")
        )
        self.fields["ground"].help_text = words % {
            "ground": ReturnGround.NOT_FIT.label,
            "day": date_format(last_day, "SHORT_DATE_FORMAT"),
        }
