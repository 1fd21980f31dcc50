"""Exact names: the version of a draft is no revision, and a line isn't doubted but unresolved."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('circulars', '0006_unplanned'),
    ]

    operations = [
        migrations.RenameField('circular', 'revision', 'draft_version'),
        migrations.RenameField('distributionline', 'doubt', 'unresolved_reason'),
    ]
