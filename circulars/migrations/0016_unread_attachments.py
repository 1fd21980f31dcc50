"""List the attachments of sent letters that are to be read, a batch at a time, then index them.

An interrupted run goes on where it stopped. Attachments that the earlier release sends meanwhile are listed by the
task `circulars.tasks.index_missing`.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Max, Q

BATCH = 5000


def list_unread(apps, schema_editor):
    """A row for every sent attachment without one; those whose worker died before it noted anything are free again."""
    Attachment = apps.get_model("circulars", "Attachment")
    AttachmentText = apps.get_model("circulars", "AttachmentText")
    last = Attachment.objects.aggregate(last=Max("pk"))["last"] or 0
    for first in range(0, last + 1, BATCH):
        sent = Attachment.objects.filter(
            pk__gte=first, pk__lt=first + BATCH, circular__status="dispatched", words=None
        )
        AttachmentText.objects.bulk_create(
            [AttachmentText(attachment_id=pk) for pk in sent.values_list("pk", flat=True)], ignore_conflicts=True
        )
    AttachmentText.objects.filter(read_at=None, vector=None).update(attempts=0, claimed_at=None)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("circulars", "0015_attachment_text")]

    operations = [
        migrations.RunPython(list_unread, migrations.RunPython.noop),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS attachment_text_unread", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "attachmenttext",
            models.Index(fields=["-attachment"], name="attachment_text_unread", condition=Q(read_at=None)),
        ),
    ]
