"""Lists of the manager that a search names by what stands in them: overdue, newly overdue, long overdue."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.turkish import search_key
from distribution.queries.managing.late import became_late, looked_at
from distribution.queries.sending.owed import (
    Due,
    copies_of,
    due_when,
    letters_owing,
    long_overdue,
    sent_letters,
)

SHORTEST = 5
"""Letters from which on the beginning of a word is enough."""

LATE = ("suresi", "gecenler", "gecti", "gecmis", "gecikenler", "gecikti", "gecikmis", "overdue", "late")
"""One of them stands for overdue. Folded, as `search_key` does."""


@dataclass(frozen=True)
class NamedList:
    """A list with the name of its page, its query, and the words that name it beside LATE."""

    label: str | Promise
    page: str
    query: str
    words: tuple[str, ...] = ()


LISTS = {
    "overdue": NamedList(_("All overdue"), "outstanding", "owes=either&due=overdue", ("all", "tum", "butun")),
    "new": NamedList(_("Newly overdue"), "late", "", ("yeni", "newly", "new")),
    "long": NamedList(
        _("Long overdue"),
        "outstanding",
        "owes=either&due=long",
        ("uzun", "sure", "suredir", "zaman", "once", "cok", "long"),
    ),
}


def lists_named(text: str) -> list[str]:
    """Names of the lists that all words of the text are about."""
    words = search_key(text).split()
    if not words or not any(_begins(word, LATE) for word in words):
        return []
    return [
        name for name, each in LISTS.items() if all(_begins(word, (*LATE, *each.words)) for word in words)
    ]


def counted_lists(names: list[str], user: User, unit: Agency, at: datetime) -> list[tuple[NamedList, int]]:
    """These lists with the number of their rows, for the letters that the person manages in the unit."""
    conditions = {
        "overdue": due_when(Due.OVERDUE, at),
        "new": became_late(looked_at(user, unit, at), at),
        "long": long_overdue(at),
    }
    owed = copies_of(letters_owing(sent_letters(user, unit)))
    counts = owed.aggregate(**{name: Count("pk", filter=Q(conditions[name])) for name in names})
    return [(LISTS[name], counts[name]) for name in names]


def _begins(word: str, wanted: tuple[str, ...]) -> bool:
    return word in wanted or (len(word) >= SHORTEST and any(each.startswith(word) for each in wanted))
