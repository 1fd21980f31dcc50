"""Hashes of events and of what was confirmed have 32 bytes, or none.

The constraints hold for new rows at once; a later migration checks the rows that are there. Both are added in one
transaction, so that a run which didn't get one of the tables in time can be repeated.
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("distribution", "0026_prepared_files")]

    operations = [
        AddConstraintNotValid(
            "deliveryevent",
            models.CheckConstraint(
                condition=Q(hash__length=32) & (Q(previous_hash__length=32) | Q(previous_hash__length=0)),
                name="event_hashes_have_their_length",
            ),
        ),
        AddConstraintNotValid(
            "delivery",
            models.CheckConstraint(
                condition=Q(acknowledged_sha256__length=32) | Q(acknowledged_sha256__length=0),
                name="confirmed_hash_has_its_length",
            ),
        ),
    ]
