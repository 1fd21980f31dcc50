"""What is a telephone number, for forms and imports."""

import re

from django.utils.translation import gettext_lazy as _

FEWEST_DIGITS = 3
"""112, 155."""

NO_TELEPHONE = _("This is no telephone number. Write it with its digits, such as 0312 555 00 00.")

_FURTHER = re.compile(r"[/;,]|dahili|dâhili|\bext", re.IGNORECASE)
"""Before a second number or an extension."""

_WHOLE = re.compile(r"(\d{7,})[.,]0{1,2}")
_DAY_FORM = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](19|20)\d{2}|(19|20)\d{2}-\d{1,2}-\d{1,2}.*")


def telephone_number(text: str) -> str:
    """The number as it is written, without the decimals of a table program. Raises ValueError if it is none."""
    whole = _WHOLE.fullmatch(text)
    number = whole[1] if whole else text
    digits = "".join(sign for sign in number if sign.isdecimal())
    if "@" in number or len(digits) < FEWEST_DIGITS or not digits.strip("0") or _DAY_FORM.fullmatch(number):
        raise ValueError(number)
    return number


def dialled(number: str) -> str:
    """What a `tel:` link dials: the digits of the first number, with a plus sign before them if it has one."""
    first = _FURTHER.split(number, maxsplit=1)[0]
    digits = "".join(sign for sign in first if sign.isdecimal())
    return f"+{digits}" if first.lstrip(" (").startswith("+") else digits
