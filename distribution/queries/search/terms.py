"""What somebody types into the search box, as the terms that are looked for."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.turkish import search_key

SHORTEST, LONGEST, MOST_TERMS = 2, 200, 8

_PARTS_OF_NUMBER = re.compile(r"(?=(?:.*\d){2})\w+(?:[-./\[\]]+\w+)+", re.DOTALL)
"""A number with the signs between its parts: `E-98167286-556.99-586791`, `010.06.02`, `2026/15`."""


class NotSearchable(ValueError):
    """The text can't be searched for. `words` says why, and what to type."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


@dataclass(frozen=True)
class Term:
    """One word, or the parts of one number; folded as by `search_key`."""

    words: tuple[str, ...]

    @property
    def joined(self) -> str:
        """The parts without the signs between them."""
        return "".join(self.words)

    @property
    def may_be_number(self) -> bool:
        return len(self.joined) > 2 and any(each.isdecimal() for each in self.joined)


def terms_of(text: str) -> list[Term]:
    """The terms of the text, all of which must be found; a single letter beside longer terms is passed over.

    Raises NotSearchable.
    """
    if len(text.strip()) > LONGEST:
        raise NotSearchable(_("The search text is too long: type at most 200 characters."))
    terms: list[Term] = []
    for chunk in text.split():
        words = tuple(search_key(chunk).split())
        if _PARTS_OF_NUMBER.fullmatch(chunk.strip("-./,;:()[]“”\"'")):
            terms.append(Term(words))
        else:
            terms += [Term((word,)) for word in words]
    terms = [each for each in dict.fromkeys(terms) if len(each.joined) >= SHORTEST]
    if not terms:
        raise NotSearchable(_("Type at least two letters or digits."))
    if len(terms) > MOST_TERMS:
        raise NotSearchable(_("The search has too many words: type at most 8."))
    return terms
