"""Agencies that an unknown line or a search may mean, by the words of their names."""

from dataclasses import dataclass
from datetime import date
from functools import reduce
from math import log
from operator import or_

from django.db.models import Q

from agencies.matching.class_lines import split_unit
from agencies.matching.likeness import DirectoryWords, alike, directory_words, printed_words
from agencies.models import Agency

SUGGESTIONS = 8
TOO_COMMON = 400
"""A word in this many names ("Müdürlüğü") yields no suggestion by itself if the line has a rarer one."""
MOST_RANKED = 2000
OF_THE_BODY = 0.5
"""What a word of the body counts in a line that names a unit of it in parentheses."""


@dataclass(frozen=True)
class Suggested:
    """Agencies that a line may mean, the likeliest first."""

    agencies: list[Agency]
    mistyped: bool = False
    """Whether a word of the line is in no name, but like words that are."""


@dataclass(frozen=True)
class _Word:
    """A word that an agency's name should hold."""

    text: str
    names: int
    """Number of names that hold it."""
    weight: float


def suggest(text: str, *, on: date) -> Suggested:
    """Active agencies with words in common with the text, those with the rarest words first, at most `SUGGESTIONS`.

    A word that no name holds counts as the words like it, each for less the more letters differ; what tells
    agencies apart, such as the province, weighs most because it is rare. The words before a unit in parentheses may
    be those of the body above it. Two queries.
    """
    name, unit = split_unit(text)
    active = Agency.objects.active(on)
    known = directory_words(active)
    own, mistyped = _words(unit or name, known)
    of_body, body_mistyped = _words(name, known) if unit else ([], False)
    words = own + of_body
    telling = [word for word in words if word.names <= TOO_COMMON] or words
    if not telling:
        return Suggested([])
    found = active.filter(reduce(or_, (Q(search_key__contains=word.text) for word in telling)))

    def rank(agency: Agency) -> tuple[float, int, str]:
        above = agency.parent.search_key if of_body and agency.parent else ""
        shared = sum(word.weight for word in own if word.text in agency.search_key)
        shared += OF_THE_BODY * sum(
            word.weight for word in of_body if word.text in agency.search_key or word.text in above
        )
        return -shared, agency.protocol_order, agency.sort_key

    ranked = sorted(found.select_related("parent")[:MOST_RANKED], key=rank)
    return Suggested(ranked[:SUGGESTIONS], mistyped or body_mistyped)


def _words(text: str, known: DirectoryWords) -> tuple[list[_Word], bool]:
    """The words of the text and those like its unknown ones, each once, and whether it has unknown ones like others."""
    found: dict[str, _Word] = {}
    mistyped = False
    for forms in printed_words(text):
        likeness = alike(forms, known)
        mistyped = mistyped or bool(likeness)
        names = {word: known.holding[word] for word in likeness}
        for form in forms:
            if len(form) > 2 and (holding := known.holding_part(form)):
                likeness[form], names[form] = 1.0, holding
        for word, share in likeness.items():
            weight = share**2 * log(1 + known.names / names[word])
            if word not in found or found[word].weight < weight:
                found[word] = _Word(word, names[word], weight)
    return list(found.values()), mistyped
