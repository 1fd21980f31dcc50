"""Compare what was read with the truth as a careful reader would: case, dashes and the final dot don't matter."""

import re
import unicodedata
from typing import Any

LISTS = ("references", "attachments")
RECIPIENTS = ("action_recipients", "info_recipients")
JOINED = ("issuer_lines", "signatory_title_lines")
SCALARS = (
    "urgency",
    "secrecy",
    "number",
    "circular_number",
    "date",
    "subject",
    "addressee",
    "signatory_name",
    "verification_code",
)
FIELDS = (*SCALARS, *JOINED, *LISTS, *RECIPIENTS)
_NO_BLANKS = {"number", "circular_number", "verification_code"}
_SIGNS = str.maketrans("’‘‛`´–—‐‑‒−âîû", "'''''------aiu")


def norm(value: object) -> str:
    """The text without the differences that don't matter."""
    text = unicodedata.normalize("NFC", str(value or ""))
    text = text.replace("İ", "i").replace("I", "ı").lower().replace("\u0307", "").translate(_SIGNS)
    return re.sub(r"[\s.,;:…*!]+$", "", re.sub(r"^[.…\s]+", "", " ".join(text.split())))


def comparable(field: str, value: Any) -> object:
    """The field's value in a form that can be compared with ==."""
    if field in RECIPIENTS:
        return {norm(each) for each in value or ()}
    if field in LISTS:
        return [norm(each) for each in value or ()]
    if field in JOINED:
        return norm(" ".join(value or ()))
    text = norm(value)
    return text.replace(" ", "") if field in _NO_BLANKS else text


def is_right(field: str, truth: dict[str, Any], read: dict[str, Any]) -> bool:
    """Whether the field was read as in the truth, or as one of the other values that it accepts."""
    accepted = [truth.get(field), *truth.get("also_accepted", {}).get(field, ())]
    got = comparable(field, read.get(field))
    return any(comparable(field, each) == got for each in accepted)


def wrong_fields(truth: dict[str, Any], read: dict[str, Any]) -> list[str]:
    """The fields that differ from the truth."""
    return [field for field in FIELDS if not is_right(field, truth, read)]
