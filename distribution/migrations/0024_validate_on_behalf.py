"""Check the deliveries that are there against the constraints of 0018, and index those that their sender recorded.

Neither locks out anybody who reads or writes rows. An index left invalid by an interrupted run is built anew.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("distribution", "0023_on_behalf")]

    operations = [
        ValidateConstraint("delivery", "confirmed_by_a_person_for_a_content"),
        ValidateConstraint("delivery", "confirmation_on_behalf_by_no_user"),
        ValidateConstraint("delivery", "answer_on_behalf_by_no_user"),
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS delivery_on_behalf", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            "delivery",
            models.Index(
                fields=["circular"], condition=Q(acknowledged_on_behalf=True), name="delivery_on_behalf"
            ),
        ),
    ]
