"""Check the answers that are there against the constraint of the migration before; locks nobody out."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("distribution", "0034_acts_by_link")]

    operations = [ValidateConstraint("delivery", "answer_by_a_name_by_no_user")]
