"""Check the hashes that are there against the constraints of `hash_lengths`; locks nobody out."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("distribution", "0038_kinds_of_addresses_and_records")]

    operations = [
        ValidateConstraint("deliveryevent", "event_hashes_have_their_length"),
        ValidateConstraint("delivery", "confirmed_hash_has_its_length"),
    ]
