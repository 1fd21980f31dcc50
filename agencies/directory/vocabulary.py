"""The names and words of the shipped directory, without a database: for the repair of printed text.

Computed once in each process, in about a second.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from agencies.data import shipped_rows
from agencies.directory.bodies import all_rows, district_rows, province_rows
from agencies.turkish import dative, match_key, search_key


@dataclass(frozen=True)
class Vocabulary:
    """What letters call the shipped bodies and classes."""

    names: tuple[str, ...]
    """Each name once: of bodies, classes, provinces and districts, and the other names of bodies, which are datives."""

    keys: frozenset[str]
    """The names and their datives, folded by `match_key`: a line among them is printed right."""

    words: Mapping[str, int]
    """Words of the names and of their datives in small Turkish letters (ş and s differ), each with the number of names
    that hold it."""

    folded: Mapping[str, frozenset[str]]
    """Those words by what `search_key` makes of them: "sanliurfa" -> {"şanlıurfa"}."""


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of the whole shipped directory. Raises OSError if its files are missing."""
    official = [row.name for row in all_rows()]
    official += [row["name"] for file in ("groups.csv", "further_groups.csv") for row in shipped_rows(file)]
    places = [*(row.name for row in province_rows()), *(row.name for row in district_rows())]
    other = [
        text
        for file in ("groups.csv", "further_groups.csv", "other_names.csv", "further_other_names.csv")
        for row in shipped_rows(file)
        for text in row["wordings"].split("|")
        if text.strip()
    ]
    names = tuple(dict.fromkeys([*official, *places, *other]))
    printed = set(other)
    keys: set[str] = set()
    words: Counter[str] = Counter()
    for name in names:
        forms = {match_key(name)}
        if name not in printed:
            forms.add(match_key(dative(name)))
        keys |= forms
        words.update({word for form in forms for word in form.split()})
    folded: dict[str, set[str]] = {}
    for word in words:
        folded.setdefault(search_key(word), set()).add(word)
    return Vocabulary(
        names,
        frozenset(keys),
        MappingProxyType(dict(words)),
        MappingProxyType({key: frozenset(of_key) for key, of_key in folded.items()}),
    )
