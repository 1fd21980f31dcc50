"""Where a search over full texts has found its words: the passage of each letter on a page."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.turkish import search_key, uncached_search_key
from circulars.models import Attachment, Circular
from circulars.models.letter_text import STEMMED

AROUND = 70
"""Characters shown before and after what was found."""

MOST_PASSAGES = 2
"""Of one letter."""

LETTERS = {"a": "aâ", "c": "cç", "g": "gğ", "i": "iıİî", "o": "oö", "s": "sş", "u": "uüû"}
"""The letters that `search_key` folds into one, in either case with `re.IGNORECASE`."""


@dataclass(frozen=True)
class Passage:
    """A part of a text: pieces that are marked where they match."""

    label: Promise
    pieces: list[tuple[str, bool]]


def passages(circulars: Iterable[int], text: str, *, attachments: bool) -> dict[int, list[Passage]]:
    """By the letter's id, passages with the words that its subject and number don't have. Three queries at most."""
    words, ids = search_key(text).split(), list(circulars)
    if not words or not ids:
        return {}
    letters = Circular.objects.filter(pk__in=ids).only("body", "source_text", "search_key")
    named: dict[int, list[str]] = {}
    for each in Attachment.objects.filter(circular__in=ids) if attachments else ():
        named.setdefault(each.circular_id, []).append(name_of(each))
    return passages_in(letters, words, named)


def passages_in(
    letters: Iterable[Circular], words: Sequence[str], attachments: Mapping[int, Sequence[str]]
) -> dict[int, list[Passage]]:
    """The same for folded words in letters that were read already, and in texts of attachments by the letter's id.

    One query at most.
    """
    stems = _stems(tuple(words))
    found = {}
    for letter in not_in_subjects(letters, words):
        wanted = [beginning for word in words if word not in letter.search_key for beginning in stems[word]]
        parts = [(_("Text"), letter.body or letter.source_text)]
        parts += [(_("Attachment"), text) for text in attachments.get(letter.pk, ())]
        having = (Passage(label, pieces) for label, part in parts if (pieces := passage(part, wanted)))
        if shown := list(islice(having, MOST_PASSAGES)):
            found[letter.pk] = shown
    return found


def not_in_subjects(letters: Iterable[Circular], words: Sequence[str]) -> list[Circular]:
    """Those whose subject and number lack one of the folded words: only their texts are looked through."""
    return [each for each in letters if any(word not in each.search_key for word in words)]


def name_of(attachment: Attachment) -> str:
    """The title of an attachment and the name of its file, once if they are the same."""
    return " ".join(dict.fromkeys([attachment.title, attachment.file_name])).strip()


def passage(text: str, beginnings: Collection[str]) -> list[tuple[str, bool]]:
    """The text around the first word that begins with one of these, in pieces; empty if it has none."""
    wanted, end = tuple(beginnings), len(text)
    hits: list[tuple[int, int]] = []
    for match in _beginning(wanted).finditer(text) if wanted else ():
        if match.end() > end:
            break
        if uncached_search_key(match[0]).startswith(wanted):
            hits.append(match.span())
            end = min(len(text), hits[0][1] + AROUND)
    if not hits:
        return []
    start = max(0, hits[0][0] - AROUND)
    pieces, at = [("…" if start else "", False)], start
    for first, last in hits:
        pieces += [(text[at:first], False), (text[first:last], True)]
        at = last
    pieces += [(text[at:end], False), ("…" if end < len(text) else "", False)]
    return [(" ".join(piece.split("\n")), is_hit) for piece, is_hit in pieces if piece]


@lru_cache(maxsize=256)
def _beginning(wanted: tuple[str, ...]) -> re.Pattern[str]:
    """Words that may begin with one of these, so that few words of a long text are folded to be compared."""
    folded = ("".join(f"[{LETTERS.get(each, re.escape(each))}]" for each in word) for word in wanted)
    return re.compile(rf"(?<!\w)(?:{'|'.join(folded)})\w*", re.IGNORECASE)


@lru_cache(maxsize=1024)
def _stems(words: tuple[str, ...]) -> dict[str, list[str]]:
    """Each word, and what the words of letters are compared with beside it. At most one query: stems don't change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, tsvector_to_array(to_tsvector(%s, word)) FROM unnest(%s::text[]) AS word",
            [STEMMED, list(words)],
        )
        return {word: [word, *stems] for word, stems in cursor.fetchall()}
