"""Note the words of the letters that were sent, a batch at a time, then index them without locking anybody out.

An interrupted run goes on where it stopped. Letters that the earlier release sends meanwhile are noted by the task
`circulars.tasks.index_missing`.
"""

import re
import unicodedata
from functools import reduce
from operator import add

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.contrib.postgres.search import SearchVector
from django.db import migrations
from django.db.models import Value

BATCH = 500
LARGEST = 200_000
NO_APOSTROPHES = {ord(char): None for char in "'\u2019\u2018\u201b`\u00b4\u02bc\u2032\uff07"}


def folded(text):
    """The search key as at the time of this migration."""
    letters = without_marks(text.translate(NO_APOSTROPHES)).lower().replace("ı", "i")
    visible = "".join(char for char in without_marks(letters) if unicodedata.category(char) != "Cf")
    return " ".join(re.sub(r"[\W_]+", " ", visible.translate(NO_APOSTROPHES)).split())


def without_marks(text):
    decomposed = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if not unicodedata.combining(char)))


def vector_of(letter):
    """The words of the letter as at the time of this migration."""
    parts = {
        "A": letter.subject,
        "B": f"{letter.number} {letter.circular_number}",
        "C": "\n".join(f"{each.title} {each.file_name}" for each in letter.attachments.all()),
        "D": letter.body or letter.source_text,
    }
    words = {weight: Value(folded(text)[:LARGEST]) for weight, text in parts.items()}
    return reduce(
        add,
        (
            SearchVector(text, config=config, weight=weight)
            for weight, text in words.items()
            for config in ("turkish", "simple")
        ),
    )


def note_words(apps, schema_editor):
    """For every sent letter without words, in the order of their ids."""
    Circular = apps.get_model("circulars", "Circular")
    LetterText = apps.get_model("circulars", "LetterText")
    missing = Circular.objects.filter(status="dispatched", words=None).order_by("pk")
    fields = ("subject", "number", "circular_number", "body", "source_text")
    while letters := list(missing.only(*fields).prefetch_related("attachments")[:BATCH]):
        LetterText.objects.bulk_create(
            [LetterText(circular=letter, vector=vector_of(letter)) for letter in letters],
            ignore_conflicts=True,
        )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("circulars", "0013_letter_text")]

    operations = [
        migrations.RunPython(note_words, migrations.RunPython.noop),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS letter_text_vector", migrations.RunSQL.noop),
        AddIndexConcurrently("lettertext", GinIndex(fields=["vector"], name="letter_text_vector")),
    ]
