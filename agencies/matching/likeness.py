"""Words of the directory that a mistyped word may mean."""

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

from django.db.models import QuerySet

from agencies.models import Agency
from agencies.turkish import nominative_candidates, search_key

SHORTEST = 4
"""Letters that a word needs to be compared: in shorter ones a slip leaves another word."""
LIKE_ENOUGH = 0.8
"""Share of letters in common, as `difflib` counts it: one slip in a word of five letters, two in one of ten."""
MOST_ALIKE = 5


@dataclass(frozen=True)
class DirectoryWords:
    """The words of the names of some agencies."""

    names: int
    holding: Counter[str]
    """Number of names that hold each word."""

    def holding_part(self, part: str) -> int:
        """Number of names that hold a word of which `part` is a part, as an abbreviation is."""
        return sum(number for word, number in self.holding.items() if part in word)


def directory_words(agencies: QuerySet[Agency]) -> DirectoryWords:
    """The words of the agencies' search keys. One query."""
    keys = list(agencies.values_list("search_key", flat=True))
    return DirectoryWords(len(keys), Counter(word for key in keys for word in set(key.split())))


def printed_words(text: str) -> list[list[str]]:
    """The words of a printed name as search keys, each in its printed form and those without a dative ending."""
    forms = [search_key(each).split() for each in (text, *nominative_candidates(text))]
    printed = forms[0] if forms else []
    same_length = [form for form in forms if len(form) == len(printed)]
    return [sorted({form[place] for form in same_length}) for place in range(len(printed))]


def alike(words: list[str], known: DirectoryWords) -> dict[str, float]:
    """Known words that one of the forms of a printed word may mean, with their likeness, `LIKE_ENOUGH` to 1.

    Empty if a form is known, or is a part of a known word, as an abbreviation is.
    """
    if any(known.holding_part(form) for form in words):
        return {}
    found: dict[str, float] = {}
    for form in words:
        if len(form) < SHORTEST or form.isdecimal():
            continue
        for word in get_close_matches(form, known.holding, n=MOST_ALIKE, cutoff=LIKE_ENOUGH):
            found[word] = max(found.get(word, 0.0), SequenceMatcher(None, form, word).ratio())
    return found
