"""Calls to units about what they owe. A new table: nothing that is there is locked for long."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0016_person_search_key'),
        ('distribution', '0043_prepared_file_formats'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(blank=True, help_text='As it was at the call.', max_length=40, verbose_name='phone')),
                ('outcome', models.CharField(choices=[('reached', 'Spoken to'), ('not_reached', 'Not reached'), ('promised', 'Promised by a day'), ('wrong_number', 'Wrong number'), ('not_theirs', 'Not theirs, as they say')], max_length=15, verbose_name='outcome')),
                ('promised_for', models.DateField(blank=True, null=True, verbose_name='promised for')),
                ('note', models.TextField(blank=True, max_length=1000, verbose_name='note')),
                ('ring_again_at', models.DateTimeField(blank=True, null=True, verbose_name='ring again')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency', verbose_name='unit that was rung')),
                ('deliveries', models.ManyToManyField(related_name='calls', to='distribution.delivery', verbose_name='deliveries')),
                ('made_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='caller')),
                ('made_for', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='as deputy of')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency', verbose_name='unit of the caller')),
            ],
            options={
                'verbose_name': 'call',
                'verbose_name_plural': 'calls',
                'ordering': ['made_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('ring_again_at__isnull', False)), fields=['ring_again_at'], name='call_ring_again'), models.Index(condition=models.Q(('promised_for__isnull', False)), fields=['promised_for'], name='call_promised')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'promised'), ('promised_for__isnull', False)), models.Q(models.Q(('outcome', 'promised'), _negated=True), ('promised_for__isnull', True)), _connector='OR'), name='only_a_promise_has_a_day'), models.CheckConstraint(condition=models.Q(('ring_again_at__isnull', True), ('ring_again_at__gt', models.F('made_at')), _connector='OR'), name='ring_again_after_the_call')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='call',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='ee6e4299495c7a69eb120a73fb7e2e6260095f1b', operation='DELETE', pgid='pgtrigger_never_deleted_324b8', table='distribution_call', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='call',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='f929c202aed4bb2f313f493d255db3a9700ce084', operation='UPDATE', pgid='pgtrigger_never_changed_e0e2b', table='distribution_call', when='BEFORE')),
        ),
    ]
