"""Forms to record what a unit confirmed or answered outside the product, and to take such a record back."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.forms.files import OneFileField
from agencies.forms.moment import PastField
from circulars.files.uploads import FileRefused, check_attachment
from circulars.models import Purpose
from distribution.forms.receiving.register_number import RegisterNumberField
from distribution.forms.words import WordsField
from distribution.models import Delivery, Disposition, OnBehalfRecord, SaidThrough
from distribution.services.follow_up.record_on_behalf import Said, refusals

CONFIRMED = "confirmed"
CONFIRMATION = (CONFIRMED, _("Confirmation: the letter has arrived"))
ANSWERS = [
    (Disposition.DONE, _("Done: what the letter asks for is done")),
    (Disposition.NOT_APPLICABLE, _("Not applicable: it doesn't concern the unit's work")),
]


LONGEST_NAME = OnBehalfRecord._meta.get_field("said_by").max_length
PERSON = ("said_by", "said_by_title")


def recordable(delivery: Delivery) -> list[tuple[str, Any]]:
    """The choices of what can be recorded for the copy now."""
    if not delivery.is_in_force:
        return []
    confirmation = [CONFIRMATION] if delivery.acknowledged_at is None else []
    open_still = delivery.purpose == Purpose.ACTION and delivery.completed_at is None
    return [*confirmation, *(ANSWERS if open_still else [])]


class RecordOnBehalfForm(forms.Form):
    """What the unit said, how, who and when; a note, its register number and a file if there is one.

    A bound form takes every choice: the service says why one is no longer possible.
    """

    disposition = forms.ChoiceField(
        label=_("What the unit said"), choices=[CONFIRMATION, *ANSWERS], widget=forms.RadioSelect
    )
    answer = WordsField(
        label=_("The answer in words"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed if the letter is not applicable: say why."),
    )
    channel = forms.ChoiceField(label=_("How the unit said it"), choices=SaidThrough.choices)
    said_by = WordsField(
        label=_("Name of the person who said it"),
        max_length=OnBehalfRecord._meta.get_field("said_by").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    said_by_title = WordsField(
        label=_("Position of the person"),
        max_length=OnBehalfRecord._meta.get_field("said_by_title").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    said_at = PastField(label=_("When it was said"))
    register_number = RegisterNumberField(label=_("The unit's register number (optional)"))
    note = WordsField(
        label=_("Note (optional)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The unit reads it."),
    )
    file = OneFileField(
        label=_("File (optional)"),
        required=False,
        max_length=255,
        allow_empty_file=True,
        help_text=_("For example the scanned letter or the KEP message. The unit sees it."),
    )

    def __init__(self, *args: Any, delivery: Delivery, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_said_%s", **kwargs})
        self.fields["said_at"].between(delivery.created_at)  # type: ignore[attr-defined]
        if not self.is_bound:
            what = self.fields["disposition"]
            what.choices = recordable(delivery)  # type: ignore[attr-defined]
            if len(what.choices) == 1:  # type: ignore[attr-defined]
                what.initial = what.choices[0][0]  # type: ignore[attr-defined]

    def clean_file(self) -> "UploadedFile[bytes] | None":
        upload: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if upload is None:
            return None
        try:
            check_attachment(upload)
        except FileRefused as error:
            raise ValidationError(str(error)) from error
        return upload

    def said(self) -> Said:
        """The input of the service."""
        data = self.cleaned_data
        disposition = "" if data["disposition"] == CONFIRMED else data["disposition"]
        return Said(**{**data, "disposition": disposition, "channel": SaidThrough(data["channel"])})


class RecordForSeveralForm(RecordOnBehalfForm):
    """The same for several recipients of one letter: who said it, of each unit or one person for all.

    What stands in the way of the ticked units is told together with the errors of the fields.
    """

    def __init__(
        self,
        *args: Any,
        deliveries: Sequence[Delivery],
        ticked: Collection[UUID],
        at: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, delivery=min(deliveries, key=lambda each: each.created_at), **kwargs)
        self.deliveries = list(deliveries)
        self.ticked = [each for each in deliveries if each.public_id in ticked]
        self.at = at
        del self.fields["register_number"]
        what = self.fields["disposition"]
        what.choices = [CONFIRMATION, *ANSWERS]  # type: ignore[attr-defined]
        for name in PERSON:
            self.fields[name].required = False
        self.fields["said_by"].help_text = gettext("For every unit whose own line below is empty.")
        for each in self.deliveries:
            for name in PERSON:
                self.fields[f"{name}_{each.public_id}"] = WordsField(
                    label=self.fields[name].label,
                    required=False,
                    max_length=LONGEST_NAME,
                    widget=forms.TextInput(attrs={"autocomplete": "off"}),
                )

    def common(self) -> list[forms.BoundField]:
        """The fields that hold for all units."""
        return [self[name] for name in self.fields if name in RecordOnBehalfForm.base_fields]

    def rows(self) -> list[tuple[Delivery, list[forms.BoundField]]]:
        """Each recipient with its fields."""
        return [(each, [self[f"{name}_{each.public_id}"] for name in PERSON]) for each in self.deliveries]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for each in self.ticked:
            person = self._person(each)
            for name, value in person.items():
                if value == "":
                    self.add_error(
                        f"{name}_{each.public_id}", gettext("Fill this in, or name one person for all units.")
                    )
        self._refuse_impossible(cleaned)
        return cleaned

    def _person(self, delivery: Delivery) -> dict[str, str | None]:
        """Name and position for the unit: its own, else those for all. None is an invalid value."""
        own = {name: self.cleaned_data.get(f"{name}_{delivery.public_id}") for name in PERSON}
        return own if any(own.values()) else {name: self.cleaned_data.get(name) for name in PERSON}

    def _refuse_impossible(self, cleaned: dict[str, Any]) -> None:
        """Add what forbids to record it for ticked units at the field to correct, with the units' names."""
        disposition, invalid = cleaned.get("disposition"), set(self.errors)
        units: dict[tuple[str, str], list[str]] = defaultdict(list)
        for each in self.ticked:
            for refused in refusals(
                each,
                disposition="" if disposition == CONFIRMED else disposition,
                answer=cleaned.get("answer", ""),
                said_at=cleaned.get("said_at"),
                at=self.at,
            ):
                units[refused.field, str(refused)].append(each.answering_unit.name)
        for (field, words), names in units.items():
            if field not in invalid:
                self.add_error(field, f"{', '.join(names)}: {words}")

    def said_by_unit(self) -> dict[UUID, Said]:
        """The input of the service for the ticked units. Only for a valid form."""
        data = self.cleaned_data
        common = {name: data[name] for name in RecordOnBehalfForm.base_fields if name in self.fields}
        common["disposition"] = "" if data["disposition"] == CONFIRMED else data["disposition"]
        common["channel"] = SaidThrough(data["channel"])
        return {each.public_id: Said(**{**common, **self._person(each)}) for each in self.ticked}


class TakeBackForm(forms.Form):
    """What was wrong with the record."""

    reason = WordsField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The unit reads it. The letter is outstanding again."),
    )

    def __init__(self, *args: Any, record: OnBehalfRecord, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"id_take_back_{record.pk}_%s", **kwargs})
