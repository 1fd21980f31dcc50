"""Indexes for the manager's board: what waits for an answer, what was returned, what was confirmed when.

Built without locking out anybody who reads or writes rows. An index left invalid by an interrupted run is built anew.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

LIVE = Q(returned_at__isnull=True, withdrawn_at__isnull=True, superseded_at__isnull=True)
UNANSWERED = LIVE & Q(
    acknowledged_at__isnull=False,
    completed_at__isnull=True,
    revised_at__isnull=True,
    purpose="action",
)
INDEXES = [
    models.Index(fields=["circular"], condition=UNANSWERED, name="delivery_unanswered"),
    models.Index(
        fields=["circular"],
        condition=Q(returned_at__isnull=False, withdrawn_at__isnull=True),
        name="delivery_returned_of",
    ),
    models.Index(
        fields=["acknowledged_at"],
        condition=Q(acknowledged_at__isnull=False),
        name="delivery_acknowledged",
    ),
]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("distribution", "0041_index_of_channel_away")]

    operations = [
        operation
        for index in INDEXES
        for operation in (
            migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}", migrations.RunSQL.noop),
            AddIndexConcurrently("delivery", index),
        )
    ]
