"""Check the deliveries that are there against the constraints of 0018. It locks out nobody who reads or writes rows."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("distribution", "0018_on_behalf")]

    operations = [
        ValidateConstraint("delivery", "confirmed_by_a_person_for_a_content"),
        ValidateConstraint("delivery", "confirmation_on_behalf_by_no_user"),
        ValidateConstraint("delivery", "answer_on_behalf_by_no_user"),
    ]
