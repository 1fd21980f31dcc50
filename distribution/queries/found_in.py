"""Where a search over full texts has found its words: the passage of each letter on a page."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.turkish import search_key, uncached_search_key
from circulars.models import Attachment, Circular
from circulars.models.letter_text import STEMMED

AROUND = 70
"""Characters shown before and after what was found."""

WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Passage:
    """A part of a text: pieces that are marked where they match."""

    label: Promise
    pieces: list[tuple[str, bool]]


def passages(circulars: Iterable[int], text: str, *, attachments: bool) -> dict[int, list[Passage]]:
    """By the letter's id, passages with the words that its subject and number don't have. Three queries at most."""
    words = search_key(text).split()
    ids = list(circulars)
    if not words or not ids:
        return {}
    stems = {word: (word, *_stems(word)) for word in words}
    letters = Circular.objects.filter(pk__in=ids).only("body", "source_text", "search_key")
    names: dict[int, list[str]] = {}
    if attachments:
        for each in Attachment.objects.filter(circular__in=ids):
            names.setdefault(each.circular_id, []).append(
                " ".join(dict.fromkeys([each.title, each.file_name])).strip()
            )
    found = {}
    for letter in letters:
        wanted = [beginning for word in words if word not in letter.search_key for beginning in stems[word]]
        parts = [(_("Text"), letter.body or letter.source_text)]
        parts += [(_("Attachment"), name) for name in names.get(letter.pk, [])]
        shown = [Passage(label, pieces) for label, part in parts if (pieces := passage(part, wanted))]
        if wanted and shown:
            found[letter.pk] = shown
    return found


def passage(text: str, beginnings: Collection[str]) -> list[tuple[str, bool]]:
    """The text around the first word that begins with one of these, in pieces; empty if it has none."""
    wanted, end = tuple(beginnings), len(text)
    hits: list[tuple[int, int]] = []
    for match in WORD.finditer(text) if wanted else ():
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


def _stems(word: str) -> list[str]:
    """What the words of letters are compared with beside the word itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(to_tsvector(%s, %s))", [STEMMED, word])
        (found,) = cursor.fetchone()
    return list(found)
