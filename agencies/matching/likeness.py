"""Words of the directory that a mistyped word may mean."""

from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cached_property
from math import ceil

from agencies.turkish import nominative_candidates, search_key

SHORTEST = 4
"""Letters that a word needs to be compared: in shorter ones a slip leaves another word."""
LIKE_ENOUGH = 0.8
"""Share of letters in common, as `difflib` counts it: one slip in a word of five letters, two in one of ten."""
MOST_ALIKE = 5


class DirectoryWords:
    """The words of the names of some agencies.

    `holding` is the number of names that hold each word, `names` that of all names.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self.holding: Counter[str] = Counter()
        self.names = 0
        for key in keys:
            self.names += 1
            self.holding.update(set(key.split()))
        self._parts: dict[str, list[str]] = {}

    def with_part(self, part: str) -> list[str]:
        """Words of which `part` is a part, as an abbreviation is."""
        if part not in self._parts:
            if len(self._parts) > MOST_REMEMBERED:
                self._parts.clear()
            self._parts[part] = [word for word in self.holding if part in word]
        return self._parts[part]

    def holding_part(self, part: str) -> int:
        """Number of names that hold a word of which `part` is a part."""
        return sum(self.holding[word] for word in self.with_part(part))

    def close_to(self, form: str) -> list[tuple[float, str]]:
        """The words most like the form, at most `MOST_ALIKE`, with their likeness of at least `LIKE_ENOUGH`.

        Two words so alike have pairs of neighbouring letters in common: with M letters in common in order and U others,
        at least M - 1 - U pairs. All other words are left out before they are compared letter by letter.
        """
        shared: Counter[str] = Counter()
        for pair, times in _pairs(form).items():
            for word, there in self._by_pair.get(pair, ()):
                shared[word] += min(times, there)
        matcher = SequenceMatcher(b=form)
        alike = []
        for word, number in shared.items():
            length = len(form) + len(word)
            if number < ceil(LIKE_ENOUGH / 2 * length) - 1 - (1 - LIKE_ENOUGH) * length:
                continue
            matcher.set_seq1(word)
            if matcher.quick_ratio() >= LIKE_ENOUGH and (ratio := matcher.ratio()) >= LIKE_ENOUGH:
                alike.append((max(ratio, SWAPPED) if _is_swapped(form, word) else ratio, word))
        return sorted(alike, reverse=True)[:MOST_ALIKE]

    @cached_property
    def _by_pair(self) -> dict[str, list[tuple[str, int]]]:
        found: dict[str, list[tuple[str, int]]] = {}
        for word in self.holding:
            for pair, times in _pairs(word).items():
                found.setdefault(pair, []).append((word, times))
        return found


SWAPPED = 0.95
"""Likeness of a word with two neighbouring letters swapped: a common slip that `difflib` counts twice."""
MOST_REMEMBERED = 2000
"""Parts of words of which `DirectoryWords` remembers the words."""


def _is_swapped(one: str, other: str) -> bool:
    """Whether the words differ in two neighbouring letters that have changed places."""
    differing = [place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    return (
        len(one) == len(other)
        and len(differing) == 2
        and differing[1] == differing[0] + 1
        and (one[differing[0]] == other[differing[1]] and one[differing[1]] == other[differing[0]])
    )


def _pairs(word: str) -> Counter[str]:
    return Counter(word[place : place + 2] for place in range(len(word) - 1))


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
        for ratio, word in known.close_to(form):
            found[word] = max(found.get(word, 0.0), ratio)
    return found
