"""The parts of a Sayı (Y 11/1): origin letter, DETSİS number, file plan code, register number."""

import re
from dataclasses import dataclass

_STRICT = re.compile(r"^([EZO])-(\d{8})-(\d{3}(?:\.\d{2}){0,3})(?:\[[^\[\]]{1,30}\])?-(\d{1,12})$")


@dataclass(frozen=True)
class NumberParts:
    """`E-98167286-556.99-586791` in its four parts; `E` electronic, `Z` of necessity, `O` extraordinary."""

    origin: str
    detsis: str
    file_plan: str
    register: str


def number_parts(number: str | None) -> NumberParts | None:
    """The parts of a number in the format in force since 2020; None for any other format."""
    match = _STRICT.match((number or "").strip())
    return NumberParts(*match.groups()) if match else None
