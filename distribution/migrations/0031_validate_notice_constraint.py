"""Check the notices that are there against the constraint of the migration before, without locking out anybody who writes."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("distribution", "0030_tell_of_failed_and_standing")]

    operations = [ValidateConstraint("notice", "notice_is_about_a_delivery")]
