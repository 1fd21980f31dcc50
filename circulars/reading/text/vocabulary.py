"""The names that the shipped directory has, as a vocabulary for the reader. No database is needed."""

from functools import cache

from agencies.data import shipped_names
from agencies.turkish import dative
from circulars.reading.text.folding import fold, squeeze


@cache
def known_names() -> frozenset[str]:
    """Each name of the shipped directory, folded: as it stands and in the dative.

    Names of one word (provinces) are left out: they are parts of many names that the directory doesn't have.
    """
    names: set[str] = set()
    for name in shipped_names():
        if " " not in name.strip():
            continue
        names.add(fold(squeeze(name)))
        names.add(fold(dative(name)))
    return frozenset(names)


def is_known(name: str) -> bool:
    """Whether the shipped directory has this name, in the nominative or the dative."""
    return fold(squeeze(name)) in known_names()
