"""What was sent before gets its own due time; what was notified before counts as recorded."""

from django.db import migrations

FILL = """
    UPDATE distribution_delivery delivery SET due_at = circular.due_at
    FROM circulars_circular circular
    WHERE circular.id = delivery.circular_id AND circular.due_at IS NOT NULL;
    UPDATE distribution_notice notice
    SET agency_id = COALESCE(delivery.successor_id, delivery.agency_id),
        recorded_at = CASE WHEN notice.state = 'sent' THEN notice.sent_at END
    FROM distribution_delivery delivery
    WHERE delivery.id = notice.delivery_id;
"""


class Migration(migrations.Migration):
    dependencies = [("distribution", "0003_nothing_lost")]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
