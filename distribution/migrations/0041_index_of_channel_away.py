"""The few notices that tell of a suspended channel are found without reading all others."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("distribution", "0040_longer_query_of_files")]

    operations = [
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS notice_channel_away", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "notice",
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(("kind", "channel_away")),
                name="notice_channel_away",
            ),
        ),
    ]
