"""What is typed in an inbox: the name of a filter, and the register numbers of several letters."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from distribution.forms.words import WordsField
from distribution.models import Delivery, SavedFilter


class SavedFilterForm(forms.ModelForm[SavedFilter]):
    """The name under which a person keeps the way in which the list is narrowed now."""

    class Meta:
        model = SavedFilter
        fields = ["name"]
        labels = {"name": _("Keep this filter as")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "off"})}

    def clean(self) -> dict[str, Any]:
        """Refuse a filter that narrows nothing."""
        cleaned = super().clean() or self.cleaned_data
        if not self.instance.query:
            self.add_error("name", _("Nothing is narrowed now. Choose what to show first, then keep it."))
        own = SavedFilter.objects.filter(person=self.instance.person, page=self.instance.page)
        if own.filter(name=cleaned.get("name")).exists():
            self.add_error("name", _("You have a filter of this name already. Choose another name."))
        return cleaned


class SeveralForm(forms.Form):
    """One register number for each letter, in fields named `register_UUID`."""

    def __init__(self, *args: Any, deliveries: Iterable[Delivery], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deliveries = list(deliveries)
        for delivery in self.deliveries:
            self.fields[f"register_{delivery.public_id}"] = WordsField(
                label=_("Register number (optional)"),
                required=False,
                max_length=60,
                widget=forms.TextInput(attrs={"autocomplete": "off", "data-enter-next": ""}),
            )

    def rows(self) -> list[tuple[Delivery, forms.BoundField]]:
        """Each letter with its field."""
        return [(each, self[f"register_{each.public_id}"]) for each in self.deliveries]

    def register_numbers(self) -> dict[UUID, str]:
        """The numbers that were typed, by delivery."""
        return {each.public_id: self.cleaned_data[f"register_{each.public_id}"] for each in self.deliveries}
