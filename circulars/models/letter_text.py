"""The words of a sent letter and of the files of its attachments, for the search over full texts.

All words are folded as by `agencies.turkish.search_key`, so that any keyboard finds them; each is kept as it is and as
PostgreSQL's `turkish` configuration stems it. A search compares beginnings: “düzen” finds “Düzenlemesi”.
"""

from collections.abc import Iterable
from functools import reduce
from operator import add, or_
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q, QuerySet, Value
from django.db.models.expressions import Combinable

from agencies.turkish import search_key, uncached_search_key

STEMMED, AS_WRITTEN = "turkish", "simple"
"""Configurations of PostgreSQL."""

SUBJECT, NUMBER, ATTACHMENTS, BODY = "A", "B", "C", "D"
"""Where a word stands, as a weight of the vector."""

EVERYWHERE = SUBJECT + NUMBER + ATTACHMENTS + BODY
WHAT_RECIPIENTS_READ = SUBJECT + NUMBER + BODY
"""Without the attachments' names: a recipient may not get all of them."""

LARGEST = 200_000
"""Characters of a part that are searched; a vector may not exceed a megabyte."""


class LetterText(models.Model):
    """The words of one sent letter. They never change: what is sent isn't edited."""

    circular = models.OneToOneField(
        "circulars.Circular", models.CASCADE, primary_key=True, related_name="words"
    )
    vector = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="letter_text_vector")]

    def __str__(self) -> str:
        return str(self.circular_id)


class AttachmentText(models.Model):
    """The words of a sent letter's attachment, of its name and its file. A worker reads it after the dispatch."""

    attachment = models.OneToOneField(
        "circulars.Attachment", models.CASCADE, primary_key=True, related_name="words"
    )
    text = models.TextField(default="")
    """The beginning of the text, `LARGEST` characters; empty if the file has none that can be read."""
    vector = SearchVectorField(null=True)
    """Of the title, the file name and the text; null until a worker has it, then the names until the file was read."""
    withheld_lines = ArrayField(models.BigIntegerField(), default=list)
    """Ids of the printed lines that keep the attachment from their recipients; sent lines never change."""
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            GinIndex(fields=["vector"], name="attachment_text_vector"),
            models.Index(fields=["-attachment"], name="attachment_text_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return str(self.attachment_id)


def vector_of(circular: Any, attachments: Iterable[str]) -> Combinable:
    """The vector of a letter and the names of its attachments, as an expression."""
    parts = {
        SUBJECT: circular.subject,
        NUMBER: f"{circular.number} {circular.circular_number}",
        ATTACHMENTS: "\n".join(attachments),
        BODY: circular.body or circular.source_text,
    }
    return _vector(parts)


def vector_of_attachment(title: str, text: str) -> Combinable:
    """The vector of an attachment by its title and its text, as an expression."""
    return _vector({ATTACHMENTS: title, BODY: text})


def _vector(parts: dict[str, str]) -> Combinable:
    folded = {weight: Value(uncached_search_key(text)[:LARGEST]) for weight, text in parts.items()}
    return reduce(
        add,
        (
            SearchVector(text, config=config, weight=weight)
            for weight, text in folded.items()
            for config in (STEMMED, AS_WRITTEN)
        ),
    )


def beginning_with(word: str, within: str = EVERYWHERE) -> SearchQuery:
    """What a vector with a word that begins like this one matches; `search_key` has folded the word."""
    beginning = f"'{word}':*{within}"
    return reduce(
        or_, (SearchQuery(beginning, config=config, search_type="raw") for config in (STEMMED, AS_WRITTEN))
    )


def having_word(word: str, within: str = EVERYWHERE) -> QuerySet[LetterText]:
    """The words of the letters with a word that begins like this one, which `search_key` has folded."""
    return LetterText.objects.filter(vector=beginning_with(word, within)).order_by()


def word_condition(word: str) -> Q:
    """Condition: the letter's subject or number contains the folded word, or its text has it."""
    return Q(search_key__contains=word) | Q(pk__in=having_word(word).values("circular_id"))


def has_words(circular: Any, attachments: Iterable[str], text: str) -> bool:
    """The same for a draft, whose words no index has: whether every word of the text begins a word of it."""
    parts = (circular.subject, circular.number, circular.circular_number, circular.body, *attachments)
    own = f" {uncached_search_key(' '.join(parts))}"
    words = search_key(text).split()
    return bool(words) and all(f" {word}" in own or word in circular.search_key for word in words)
