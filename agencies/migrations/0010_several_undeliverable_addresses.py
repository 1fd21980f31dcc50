"""Several undeliverable addresses for each channel, and changes of contact details in the history of a unit."""

from django.db import migrations, models

LISTS = """
UPDATE agencies_agency SET undeliverable = (
    SELECT jsonb_object_agg(code, CASE jsonb_typeof(kept) WHEN 'array' THEN kept ELSE jsonb_build_array(kept) END)
    FROM jsonb_each(undeliverable) AS each_channel (code, kept)
) WHERE undeliverable <> '{}'
"""
LATEST_ONLY = """
UPDATE agencies_agency SET undeliverable = (
    SELECT jsonb_object_agg(code, kept -> 0) FROM jsonb_each(undeliverable) AS each_channel (code, kept)
) WHERE undeliverable <> '{}'
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0009_undeliverable_addresses")]

    operations = [
        migrations.RunSQL(LISTS, LATEST_ONLY),
        migrations.AlterField(
            model_name="directorychange",
            name="kind",
            field=models.CharField(
                choices=[
                    ("renamed", "Renamed"),
                    ("closed", "Closed"),
                    ("reopened", "Reopened"),
                    ("added", "Added from a file"),
                    ("imported", "Changed from a file"),
                    ("contact", "Contact details changed"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
