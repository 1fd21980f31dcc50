"""Forms of the decisions on a return."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agencies.forms.moment import DueField
from circulars.models import Urgency
from distribution.forms.words import LinesField
from distribution.models import Delivery


class AcceptReturnForm(forms.Form):
    """`seen` is the moment of the return that the page showed, in ISO 8601."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, delivery: Delivery, **kwargs: Any) -> None:
        seen = delivery.returned_at.isoformat() if delivery.returned_at is not None else ""
        kwargs["initial"] = {"seen": seen} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def clean_seen(self) -> datetime:
        """The moment."""
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            raise ValidationError(_("This page is out of date. Open it again.")) from None


class SendAgainForm(AcceptReturnForm):
    """The word to the unit."""

    reason = LinesField(
        label=_("Your word to the unit"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The unit reads it on the letter's page and in the notice."),
    )


class SendInsteadForm(AcceptReturnForm):
    """Due time of the other unit's copy."""

    due_at = DueField(label=_("Due"), required=False)

    def __init__(self, *args: Any, delivery: Delivery, **kwargs: Any) -> None:
        super().__init__(*args, delivery=delivery, **kwargs)
        if delivery.circular.urgency == Urgency.URGENT:
            del self.fields["due_at"]
