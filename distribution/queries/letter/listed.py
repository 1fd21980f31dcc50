"""Figures of one letter, each with the address of the list that shows just the rows that it counts."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from circulars.models import Circular
from distribution.queries.sending.overview import Figure
from distribution.queries.sending.owed import Owes

ON_MANAGERS_LIST = {"owes", "due", "province"}
"""Narrowings that the manager's list has as well."""


@dataclass(frozen=True)
class Listed(Figure):
    """A figure whose query belongs to the list at `address`."""

    address: str = ""

    @property
    def url(self) -> str:
        """Where its rows are."""
        return f"{self.address}?{self.query}"


@dataclass(frozen=True)
class Lists:
    """The lists behind the figures of a letter: the manager's for what is owed, if the reader manages it.

    Otherwise, and for everything else, the letter's own list.
    """

    circular: Circular
    managed: bool

    def figure(self, count: int, **narrowed: object) -> Listed:
        """The number of copies, with the list narrowed so."""
        letter = self.circular.public_id
        values = {name: str(value) for name, value in narrowed.items()}
        owes = values.get("owes")
        if self.managed and owes is not None and values.keys() <= ON_MANAGERS_LIST:
            if owes == Owes.CONFIRMATION:
                del values["owes"]
            return Listed(count, urlencode(values | {"letter": str(letter)}), address=reverse("outstanding"))
        if values == {"owes": Owes.CONFIRMATION.value}:
            return Listed(count, "show=outstanding", address=reverse("letter", args=[letter]))
        return Listed(count, urlencode(values), address=reverse("letter_recipients", args=[letter]))
