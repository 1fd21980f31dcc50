"""Form of a unit that passes a letter on."""

from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.forms.moment import DueField
from distribution.forms.receiving.register_number import RegisterNumberField
from distribution.forms.words import WordsField
from distribution.models import Delivery
from distribution.services.receiving.pass_on import DueInPast, DueTooLate, check_due

LONGEST_NOTE = 2000


class PassOnForm(forms.Form):
    """Note and due time, and whether the unit confirms its own copy at the same time, with its register number."""

    note = WordsField(
        label=_("Note to the units (optional)"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands on their page of the letter and in the notice."),
    )
    due_at = DueField(label=_("Due (optional)"), required=False)
    confirm = forms.BooleanField(
        label=_("Confirm as well that our unit has the letter"), required=False, initial=True
    )
    register_number = RegisterNumberField(help_text=_("It is recorded with the confirmation."))

    def __init__(self, *args: Any, delivery: Delivery, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.delivery = delivery
        self.at = at
        due = self.fields["due_at"]
        if delivery.due_at is not None and delivery.due_at <= at:
            due.help_text = gettext(
                "It was due from you on %(due)s. That holds for the units below as well; they get it as overdue."
            ) % {"due": _moment(delivery.due_at)}
        elif delivery.due_at is not None:
            due.help_text = gettext(
                "Not after %(due)s, when it is due from you. If it is empty, that counts for them too."
            ) % {"due": _moment(delivery.due_at)}
        if not delivery.can_be_confirmed:
            del self.fields["confirm"], self.fields["register_number"]
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_due_at(self) -> datetime | None:
        """The due time, within the limit of the delivery above."""
        due: datetime | None = self.cleaned_data["due_at"]
        if due is not None and ":" not in str(self["due_at"].data):
            due = self._on_that_day(due)
        above = self.delivery.due_at
        if due is not None and above is not None and above <= self.at:
            raise ValidationError(
                gettext("It was due from you on %(due)s, and no later moment can be given. Leave this empty.")
                % {"due": _moment(above)}
            )
        try:
            check_due(self.delivery, due, at=self.at)
        except DueInPast:
            raise ValidationError(gettext("This moment has passed. Enter a later one.")) from None
        except DueTooLate:
            assert above is not None
            raise ValidationError(
                gettext("It is due from you on %(due)s already. Enter that moment or an earlier one.")
                % {"due": _moment(above)}
            ) from None
        return due

    def _on_that_day(self, end: datetime) -> datetime:
        """The end of the day, or the due time of the delivery above if that is earlier on the same day."""
        above = self.delivery.due_at
        return above if above and timezone.localdate(above) == timezone.localdate(end) else end


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
