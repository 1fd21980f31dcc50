"""Agencies that an unknown line or a search may mean, by the words of their names."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from math import log

from agencies.matching.class_lines import split_unit
from agencies.matching.held_names import HeldNames, names_on
from agencies.matching.likeness import DirectoryWords, alike, printed_words
from agencies.models import Agency

SUGGESTIONS = 8
TOO_COMMON = 400
"""A word in this many names ("Müdürlüğü") yields no suggestion by itself if the line has a rarer one."""
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
    be those of the body above it. Two queries, and one more after the directory was changed.
    """
    name, unit = split_unit(text)
    held = names_on(on)
    own, mistyped = _words(unit or name, held.words)
    of_body, body_mistyped = _words(name, held.words) if unit else ([], False)
    best = _best(held, own, of_body)
    found = Agency.objects.select_related("parent", "province").in_bulk(best)
    return Suggested([found[pk] for pk in best if pk in found], mistyped or body_mistyped)


def _best(held: HeldNames, own: list[_Word], of_body: list[_Word]) -> list[int]:
    """Ids of the agencies with the words that weigh most."""
    words = own + of_body
    telling = [word for word in words if word.names <= TOO_COMMON] or words
    with_word = {word.text: held.with_word(word.text) for word in words}
    found = {place for word in telling for place in with_word[word.text]}
    shared: dict[int, float] = defaultdict(float)
    for word in own:
        for place in found & with_word[word.text]:
            shared[place] += word.weight
    if of_body:
        above = {place: held.place_of_parent(place) for place in found}
        for word in of_body:
            holding = with_word[word.text]
            for place in found:
                if place in holding or above[place] in holding:
                    shared[place] += OF_THE_BODY * word.weight
    best = nsmallest(SUGGESTIONS, found, key=lambda place: (-shared[place], *held.order[place]))
    return [held.pks[place] for place in best]


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
