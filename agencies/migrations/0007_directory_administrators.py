"""Rename `keeps_directory`, and a problem code in the rows of earlier imports."""

from django.db import migrations, models

RENAME_REASON = """
    UPDATE agencies_importrow SET problems = (
        SELECT jsonb_agg(CASE WHEN problem ->> 'reason' = '{old}'
                              THEN jsonb_set(problem, '{{reason}}', '"{new}"') ELSE problem END ORDER BY place)
        FROM jsonb_array_elements(problems) WITH ORDINALITY AS each (problem, place))
    WHERE problems @> '[{{"reason": "{old}"}}]'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0006_addresses_of_channels'),
    ]

    operations = [
        migrations.RenameField('user', 'keeps_directory', 'is_directory_administrator'),
        migrations.AlterField(
            model_name='user',
            name='is_directory_administrator',
            field=models.BooleanField(default=False, help_text='May import the directory, and rename, merge and close agencies.', verbose_name='directory administrator'),
        ),
        migrations.RunSQL(
            RENAME_REASON.format(old='heir', new='passes_here_later'),
            RENAME_REASON.format(old='passes_here_later', new='heir'),
        ),
    ]
