"""Form to confirm several letters, each with its register number."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from distribution.forms.words import WordsField
from distribution.models import Delivery


class SeveralForm(forms.Form):
    """One register number per letter, in fields named `register_UUID`."""

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
        """The register numbers by delivery."""
        return {each.public_id: self.cleaned_data[f"register_{each.public_id}"] for each in self.deliveries}
