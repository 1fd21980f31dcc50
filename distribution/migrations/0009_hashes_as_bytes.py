"""Hashes of events and of what was confirmed as 32 bytes instead of 64 characters: the two largest tables.

The table is written anew under a lock, once. No row trigger fires, so the append-only events keep their trigger;
the hashes stay the same, so their chains hold.
"""

from django.db import migrations

import distribution.models.sha256

FIELD = distribution.models.sha256.Sha256Field
CONSTRAINT = "acknowledged_by_a_person_for_a_content"
EVENTS = """
    ALTER TABLE distribution_deliveryevent
        ALTER COLUMN hash TYPE {kind} USING {function}(hash, 'hex'),
        ALTER COLUMN previous_hash TYPE {kind} USING {function}(previous_hash, 'hex')
"""
DELIVERIES = f"""
    ALTER TABLE distribution_delivery
        DROP CONSTRAINT {CONSTRAINT},
        ALTER COLUMN acknowledged_sha256 TYPE {{kind}} USING {{function}}(acknowledged_sha256, 'hex'),
        ADD CONSTRAINT {CONSTRAINT} CHECK (
            acknowledged_at IS NULL
            OR ((acknowledged_by_id IS NOT NULL OR NOT (acknowledged_name = '')) AND NOT (acknowledged_sha256 = ''))
        )
"""
BYTES = {"kind": "bytea", "function": "decode"}
TEXT = {"kind": "varchar(64)", "function": "encode"}


class Migration(migrations.Migration):

    dependencies = [
        ('distribution', '0008_channels_of_the_registry'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                # Before the table is written anew, so that its pages have room for the next version of each row.
                migrations.RunSQL(
                    "ALTER TABLE distribution_delivery SET (fillfactor = 80)", migrations.RunSQL.noop
                ),
                migrations.RunSQL(EVENTS.format(**BYTES), EVENTS.format(**TEXT)),
                migrations.RunSQL(DELIVERIES.format(**BYTES), DELIVERIES.format(**TEXT)),
            ],
            state_operations=[
                migrations.AlterField('deliveryevent', 'hash', FIELD(editable=False)),
                migrations.AlterField('deliveryevent', 'previous_hash', FIELD(blank=True, editable=False)),
                migrations.AlterField('delivery', 'acknowledged_sha256', FIELD(blank=True, editable=False)),
            ],
        ),
    ]
