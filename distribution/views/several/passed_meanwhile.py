"""Say that letters of a form have passed to another unit since the form was opened."""

from collections.abc import Collection, Sequence
from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import ngettext

from agencies.models import Agency
from distribution.models import Delivery
from distribution.queries.receiving.passed_to_successor import passed_to_successor

NAMED_AT_MOST = 3


def tell_passed(request: HttpRequest, unit: Agency, deliveries: Collection[UUID]) -> dict[UUID, Delivery]:
    """Add a message for each unit that answers by now for some of these letters. Returns those letters by their id."""
    found = passed_to_successor(unit, deliveries)
    for other, letters in groupby(found, key=lambda each: each.answering_unit):
        messages.error(request, passed_words(list(letters), other))
    return {each.public_id: each for each in found}


def passed_words(letters: Sequence[Delivery], other: Agency) -> str:
    """That the letters passed to the other unit, with their names."""
    words = ngettext(
        "%(unit)s answers for this letter by now: %(letters)s. Nothing was recorded.",
        "%(unit)s answers for these letters by now: %(letters)s. Nothing was recorded.",
        len(letters),
    )
    return words % {"unit": other, "letters": named(letters)}


def named(deliveries: Sequence[Delivery]) -> str:
    """The numbers of the first letters, and how many more there are."""
    numbers = ", ".join(each.circular.number for each in deliveries[:NAMED_AT_MOST])
    more = len(deliveries) - NAMED_AT_MOST
    if more <= 0:
        return numbers
    words = ngettext("and %(count)s further letter", "and %(count)s further letters", more)
    return f"{numbers} {words % {'count': more}}"
