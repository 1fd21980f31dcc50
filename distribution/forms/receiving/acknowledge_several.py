"""Form to confirm several letters, each with its register number."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Self
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from distribution.forms.receiving.register_number import (
    LONGEST,
    NoDigits,
    RegisterNumberField,
    counting_up,
)
from distribution.models import Delivery
from distribution.queries.receiving.inbox import first_with_number

COUNT_UP = "count_up"
"""How the first number fills the list; any other word gives all letters the same number."""


class SeveralForm(forms.Form):
    """One register number per letter, in fields named `register_UUID`, and the number from which they are filled."""

    first_number = RegisterNumberField(
        label=_("First number"),
        help_text=_("Fills the list: 2026/123, 2026/124 … Nothing is confirmed yet."),
    )

    def __init__(self, *args: Any, deliveries: Iterable[Delivery], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deliveries = list(deliveries)
        for delivery in self.deliveries:
            self.fields[_name(delivery)] = RegisterNumberField(
                label=_("Register number (optional)"), attrs={"data-enter-next": ""}
            )

    @classmethod
    def filled(
        cls, data: Mapping[str, Any], *, deliveries: Iterable[Delivery], unit: Agency, fill: str
    ) -> Self:
        """The form with every number filled from the first one, or as it was typed, with the reason why not."""
        typed = cls(data, deliveries=deliveries)
        if not typed.is_valid():
            return typed
        first = typed.cleaned_data["first_number"].strip()
        numbers, error = typed._numbers(first, unit, fill)
        if error:
            typed.add_error("first_number", error)
            return typed
        initial = dict(zip(map(_name, typed.deliveries), numbers, strict=True))
        return cls(initial={"first_number": first, **initial}, deliveries=typed.deliveries)

    def _numbers(self, first: str, unit: Agency, fill: str) -> tuple[list[str], str]:
        """The numbers of all letters, or why the first one can't fill them."""
        if not first:
            return [], gettext("Enter the first number.")
        if fill != COUNT_UP:
            return [first] * len(self.deliveries), ""
        try:
            numbers = list(islice(counting_up(first), len(self.deliveries)))
        except NoDigits:
            return [], gettext("This number has no digits that could count up.")
        if len(numbers[-1]) > LONGEST:
            return [], gettext("The numbers would become too long. Enter a shorter one.")
        taken = first_with_number(unit, numbers, besides=self.deliveries)
        if taken is not None:
            return [], gettext(
                "%(number)s is the number of another letter of your unit: %(letter)s. Nothing was filled in."
            ) % {"number": taken.register_number, "letter": taken.circular}
        return numbers, ""

    def rows(self) -> list[tuple[Delivery, forms.BoundField]]:
        """Each letter with its field."""
        return [(each, self[_name(each)]) for each in self.deliveries]

    def register_numbers(self) -> dict[UUID, str]:
        """The register numbers by delivery."""
        return {each.public_id: self.cleaned_data[_name(each)] for each in self.deliveries}


def typed_number(data: Mapping[str, str], delivery: Delivery) -> str:
    """The register number that the sent form has for the letter; empty if it has none."""
    return data.get(_name(delivery), "").strip()


def _name(delivery: Delivery) -> str:
    return f"register_{delivery.public_id}"
