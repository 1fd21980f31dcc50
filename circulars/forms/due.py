"""The due time of a draft: none, a number of working days (Y 33), or a date and time."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.forms.moment import DueField
from circulars.models import Circular

MOST_WORKING_DAYS = 250


class DueKind(models.TextChoices):
    """The form's choice; the letter stores a number of working days or a moment."""

    NONE = "none", _("None")
    INFORMATION = "information", _("Information or document: 5 working days (Y 33)")
    OPINION = "opinion", _("Opinion: 15 working days (Y 33)")
    DAYS = "days", _("Another number of working days")
    MOMENT = "moment", _("A date and time")


WORKING_DAYS: dict[str, int] = {DueKind.INFORMATION: 5, DueKind.OPINION: 15}
"""The longest terms of Y 33."""


def due_kind_of(circular: Circular) -> DueKind:
    """The choice that corresponds to the letter's due time."""
    if circular.due_working_days is not None:
        for kind, days in WORKING_DAYS.items():
            if days == circular.due_working_days:
                return DueKind(kind)
        return DueKind.DAYS
    return DueKind.MOMENT if circular.due_at is not None else DueKind.NONE


class DueForm(forms.ModelForm[Circular]):
    """The part of the draft's form that sets the due time.

    Entering a number or a date is enough; a changed choice takes precedence over the fields.
    """

    due_kind = forms.ChoiceField(label=_("Due"), choices=DueKind, required=False)
    due_at = DueField(label=_("Due date and time"), required=False)

    class Meta:
        model = Circular
        fields = ["due_working_days", "due_at"]
        widgets = {"due_working_days": forms.NumberInput(attrs={"min": 1, "max": MOST_WORKING_DAYS})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = due_kind_of(self.instance)
        self.initial["due_kind"] = kind.value
        if kind in WORKING_DAYS:
            self.initial["due_working_days"] = None
        self.fields["due_kind"].help_text = gettext(
            "A letter that asks for an answer within a term is GÜNLÜDÜR (Y 33); an ACELE one has no due time."
        )
        days = self.fields["due_working_days"]
        assert isinstance(days, forms.IntegerField)
        days.label = gettext("Number of working days")
        days.help_text = gettext("Counted from the dispatch, by each recipient's calendar.")
        days.validators = [MinValueValidator(1), MaxValueValidator(MOST_WORKING_DAYS)]

    def clean(self) -> dict[str, Any]:
        """Keep the field that the choice requires and clear the other; add an error if it is missing."""
        cleaned = super().clean() or self.cleaned_data
        kind = self._chosen(cleaned)
        days, moment = cleaned.get("due_working_days"), cleaned.get("due_at")
        if kind == DueKind.DAYS and days is None and not self.has_error("due_working_days"):
            self.add_error("due_working_days", gettext("How many working days? Enter the number."))
        if kind == DueKind.MOMENT and moment is None and not self.has_error("due_at"):
            self.add_error("due_at", gettext("Which day? Enter the date, and the time if there is one."))
        cleaned["due_kind"] = kind
        cleaned["due_working_days"] = days if kind == DueKind.DAYS else WORKING_DAYS.get(kind)
        cleaned["due_at"] = moment if kind == DueKind.MOMENT else None
        return cleaned

    def _chosen(self, cleaned: dict[str, Any]) -> str:
        kind = cleaned.get("due_kind") or self.initial["due_kind"]
        if "due_kind" in self.changed_data and cleaned.get("due_kind"):
            return str(kind)
        if "due_at" in self.changed_data and cleaned.get("due_at"):
            return DueKind.MOMENT
        if "due_working_days" in self.changed_data and cleaned.get("due_working_days"):
            return DueKind.DAYS
        emptied = {DueKind.MOMENT: "due_at", DueKind.DAYS: "due_working_days"}.get(DueKind(kind))
        if emptied in self.changed_data and not self.has_error(emptied):
            return DueKind.NONE
        return str(kind)

    def full_clean(self) -> None:
        """For an ACELE letter with a due time, move the error to the field that sets it."""
        super().full_clean()
        by_days = self.is_bound and getattr(self, "cleaned_data", {}).get("due_working_days") is not None
        if by_days and self.has_error("due_at", code="urgent_has_no_due_time"):
            self.errors["due_kind"] = self.errors.pop("due_at")
