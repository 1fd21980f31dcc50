"""Check the notices that are there against the constraint of the migration before; locks nobody out."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("distribution", "0049_managers_are_told")]

    operations = [ValidateConstraint("notice", "notice_of_a_letter_is_about_a_delivery")]
