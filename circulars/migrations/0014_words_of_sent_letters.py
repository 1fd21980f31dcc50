"""Note the words of the letters that were sent, a batch at a time, then index them without locking anybody out.

An interrupted run goes on where it stopped. Letters that the earlier release sends meanwhile are noted by the task
`circulars.tasks.index_missing`.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from circulars.models.letter_text import vector_of

BATCH = 500


def note_words(apps, schema_editor):
    """For every sent letter without words, in the order of their ids."""
    Circular = apps.get_model("circulars", "Circular")
    LetterText = apps.get_model("circulars", "LetterText")
    missing = Circular.objects.filter(status="dispatched", words=None).order_by("pk")
    fields = ("subject", "number", "circular_number", "body", "source_text")
    while letters := list(missing.only(*fields).prefetch_related("attachments")[:BATCH]):
        LetterText.objects.bulk_create(
            [
                LetterText(
                    circular=letter,
                    vector=vector_of(
                        letter, [f"{each.title} {each.file_name}" for each in letter.attachments.all()]
                    ),
                )
                for letter in letters
            ],
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
