"""Which units and letters have each term of a search: their ids, looked up first because they are few.

Nothing here asks who searches. `groups` narrows what was found to what the person may see.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_

from django.contrib.postgres.aggregates import ArrayAgg, JSONBAgg
from django.contrib.postgres.search import SearchQuery
from django.db.models import F, IntegerField, Q, Value
from django.db.models.functions import JSONObject, Lower, Replace

from agencies.models import Agency
from agencies.models.agency import name_has
from circulars.models import AttachmentText, Circular, LetterText
from circulars.models.letter_text import EVERYWHERE, WHAT_RECIPIENTS_READ, beginning_with
from distribution.queries.search.terms import Term
from distribution.queries.sending.board import ids_where

SHORTEST_CODE = 4
"""Characters of a verification code by whose beginning it is found."""


@dataclass
class Matches:
    """Ids of what has one term."""

    term: Term
    agencies: dict[int, None] = field(default_factory=dict)
    """Units by name, in protocol order."""
    known: set[int] = field(default_factory=set)
    """Letters by subject, number, verification code or issuer, which whoever has the letter may know."""
    texts: set[int] = field(default_factory=set)
    """Letters by their text."""
    enclosed: set[int] = field(default_factory=set)
    """Letters by the name or text of an attachment that all of its recipients get."""
    withheld: dict[int, set[int]] = field(default_factory=dict)
    """Letters by attachments that some recipients don't get: ids of the printed lines that get none of them."""

    @property
    def letters(self) -> set[int]:
        """Letters that have it for those who may read all of a letter."""
        return self.known | self.texts | self.enclosed | self.withheld.keys()

    @property
    def readable(self) -> set[int]:
        """Letters that have it for each recipient who may read the letter's text, by more than `known`."""
        return self.texts | self.enclosed

    @property
    def lines_without(self) -> set[int]:
        """The printed lines whose recipients may not find their letter by its attachments."""
        return {line for circular in self.withheld.keys() - self.readable for line in self.withheld[circular]}


def matches_of(terms: Sequence[Term]) -> list[Matches]:
    """What has each of the terms. Three queries."""
    found = [Matches(term) for term in terms]
    agencies = Agency.objects.aggregate(
        **{
            f"n{number}": ids_where(
                all_of(name_has(word) for word in term.words), "protocol_order", "sort_key", "pk"
            )
            for number, term in enumerate(terms)
        }
    )
    conditions = {}
    for number, term in enumerate(terms):
        conditions[f"known{number}"] = _known(term)
        texts = LetterText.objects.filter(vector=_query(term, WHAT_RECIPIENTS_READ)).order_by()
        conditions[f"texts{number}"] = Q(pk__in=texts.values("circular_id"))
    circulars = Circular.objects.alias(
        joined_key=Replace("search_key", Value(" ")),
        code=Replace(Lower("verification_code"), Value("-")),
    )
    letters = circulars.aggregate(**{name: ids_where(condition) for name, condition in conditions.items()})
    for number, each in enumerate(found):
        each.agencies = dict.fromkeys(agencies[f"n{number}"])
        each.known = set(letters[f"known{number}"])
        each.texts = set(letters[f"texts{number}"])
    _add_attachments(found)
    return found


def _known(term: Term) -> Q:
    """Condition: the letter's subject, number, verification code or issuer has the term."""
    known = all_of(Q(search_key__contains=word) for word in term.words)
    known |= all_of(name_has(word, "issuer__") for word in term.words)
    if term.may_be_number:
        known |= Q(joined_key__contains=term.joined)
    if len(term.joined) >= SHORTEST_CODE:
        known |= Q(code__startswith=term.joined)
    return known


def _query(term: Term, within: str) -> SearchQuery:
    """What a vector matches that has all words of the term."""
    return reduce(and_, (beginning_with(word, within) for word in term.words))


def _add_attachments(found: list[Matches]) -> None:
    """Add the letters whose attachments have the terms. One query: a row for each term."""
    everybody, some = Q(withheld_lines=[]), ~Q(withheld_lines=[])
    rows = [
        AttachmentText.objects.filter(vector=_query(each.term, EVERYWHERE))
        .order_by()
        .annotate(number=Value(number, IntegerField()))
        .values("number")
        .annotate(
            open=ArrayAgg("attachment__circular_id", filter=everybody, default=Value([])),
            partly=JSONBAgg(
                JSONObject(letter=F("attachment__circular_id"), lines=F("withheld_lines")),
                filter=some,
                default=Value([]),
            ),
        )
        .values_list("number", "open", "partly")
        for number, each in enumerate(found)
    ]
    for number, enclosed, partly in rows[0].union(*rows[1:], all=True):
        found[number].enclosed = set(enclosed)
        for each in partly:
            lines = set(each["lines"])
            before = found[number].withheld.get(each["letter"])
            found[number].withheld[each["letter"]] = lines if before is None else before & lines


def all_of(conditions: Iterable[Q]) -> Q:
    """The condition that all of these hold."""
    return reduce(and_, conditions)
