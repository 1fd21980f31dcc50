"""Rename the draft's version, and the reason why a line is unresolved."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('circulars', '0006_unplanned'),
    ]

    operations = [
        migrations.RenameField('circular', 'revision', 'draft_version'),
        migrations.RenameField('distributionline', 'doubt', 'unresolved_reason'),
    ]
