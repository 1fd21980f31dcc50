"""The unit's own register number of a letter: its field on every form, and counting it up over several letters."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from distribution.forms.words import WordsField
from distribution.models import Delivery

LONGEST = Delivery._meta.get_field("register_number").max_length or 0
YOUR_NUMBER = _("Your unit's register number (optional)")
NUMBER_BEFORE_A_YEAR = r"(?<![0-9])(?!20[0-9]{{2}}(?![0-9]))[0-9]+(?=[^0-9]*[/\-. ](?:{years})[^0-9]*\Z)"
"""The run of digits before a last run that is one of the years; not one that may be the year itself (2026/1999)."""

LAST_DIGITS = re.compile(r"[0-9]+(?=[^0-9]*\Z)")


class RegisterNumberField(WordsField):
    """The register number, optional wherever a letter is confirmed: a unit may register it later and add the number."""

    def __init__(
        self,
        *,
        label: Any = YOUR_NUMBER,
        help_text: Any = "",
        attrs: dict[str, str] | None = None,
    ) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            max_length=LONGEST,
            widget=forms.TextInput(attrs={"autocomplete": "off"} | (attrs or {})),
        )


class RegisterNumberForm(forms.Form):
    """The register number, given with a confirmation."""

    register_number = RegisterNumberField()


class ChangeRegisterNumberForm(forms.Form):
    """The register number of a confirmed letter, and the number that the page showed."""

    register_number = RegisterNumberField(
        label=_("Register number"), help_text=_("The record keeps the earlier number as well.")
    )
    number_seen = WordsField(required=False, max_length=LONGEST, widget=forms.HiddenInput)

    def __init__(self, *args: Any, delivery: Delivery, **kwargs: Any) -> None:
        initial = {"register_number": delivery.register_number}
        super().__init__(*args, **{"auto_id": "id_change_%s", "initial": initial, **kwargs})


class NoDigits(ValueError):
    """The number has no digits that could count up."""


def counting_up(first: str) -> Iterator[str]:
    """`first` and the numbers after it: the last run of digits counts up and keeps its leading zeros.

    This year, the last or the next one at the end stays, and the run before it counts: 123/2026, 124/2026. Raises
    NoDigits.
    """
    year = timezone.localdate().year
    before_a_year = NUMBER_BEFORE_A_YEAR.format(years=f"{year - 1}|{year}|{year + 1}")
    found = re.search(before_a_year, first) or LAST_DIGITS.search(first)
    if found is None:
        raise NoDigits
    return _following(first[: found.start()], found.group(), first[found.end() :])


def _following(before: str, digits: str, after: str) -> Iterator[str]:
    number, width = int(digits), len(digits)
    while True:
        yield f"{before}{number:0{width}d}{after}"
        number += 1
