"""A withdrawn letter no longer holds its number, nor do its earlier revisions: the right one may be recorded."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


FREE_NUMBERS = """
    WITH RECURSIVE withdrawn AS (
        SELECT id, corrects_id FROM circulars_circular WHERE withdrawn_at IS NOT NULL
        UNION
        SELECT earlier.id, earlier.corrects_id
        FROM circulars_circular earlier JOIN withdrawn ON earlier.id = withdrawn.corrects_id
    )
    UPDATE circulars_circular SET holds_number = FALSE WHERE id IN (SELECT id FROM withdrawn)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0009_undeliverable_addresses'),
        ('circulars', '0007_draft_version'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='circular',
            name='one_circular_per_verification_code',
        ),
        migrations.RemoveConstraint(
            model_name='circular',
            name='one_circular_per_issuer_and_number',
        ),
        migrations.AddField(
            model_name='circular',
            name='holds_number',
            field=models.BooleanField(default=True, editable=False),
        ),
        migrations.AddField(
            model_name='circular',
            name='replaces',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replacements', to='circulars.circular', verbose_name='recorded in place of'),
        ),
        migrations.RunSQL(FREE_NUMBERS, migrations.RunSQL.noop),
        # The update's checks of foreign keys are still to come; an index can't be made before.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='circular',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('verification_code', ''), _negated=True), ('corrects__isnull', True), ('holds_number', True)), fields=('issuer', 'verification_code'), name='one_circular_per_verification_code', violation_error_message='A letter with this verification code is already recorded.'),
        ),
        migrations.AddConstraint(
            model_name='circular',
            constraint=models.UniqueConstraint(models.F('issuer'), models.F('number'), django.db.models.functions.comparison.Coalesce(django.db.models.functions.datetime.ExtractYear('date'), 0), condition=models.Q(models.Q(('number', ''), _negated=True), ('corrects__isnull', True), ('holds_number', True)), name='one_circular_per_issuer_number_and_year', violation_error_message='A letter of this issuer with this number is already recorded in this year.'),
        ),
    ]
