"""A Message-ID is unique by a named constraint, with which Django makes no second index for beginnings.

That index is gone already. The constraint is renamed, not built anew, so that a large table isn't locked for long.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('distribution', '0010_lean_indexes'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE distribution_notice RENAME CONSTRAINT distribution_notice_message_id_key"
                    " TO notice_message_id",
                    "ALTER TABLE distribution_notice RENAME CONSTRAINT notice_message_id"
                    " TO distribution_notice_message_id_key",
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name='notice',
                    name='message_id',
                    field=models.CharField(max_length=120, verbose_name='Message-ID'),
                ),
                migrations.AddConstraint(
                    model_name='notice',
                    constraint=models.UniqueConstraint(fields=('message_id',), name='notice_message_id'),
                ),
            ],
        ),
    ]
