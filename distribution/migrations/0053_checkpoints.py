"""Signed checkpoints. New tables: nothing that is there is locked."""

import distribution.models.sha256
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('distribution', '0052_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('at', models.DateTimeField()),
                ('statement', models.TextField()),
                ('signature', models.BinaryField()),
            ],
            options={
                'verbose_name': 'checkpoint',
                'verbose_name_plural': 'checkpoints',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=63)),
                ('row', models.BigIntegerField()),
                ('digest', distribution.models.sha256.Sha256Field(editable=False)),
            ],
            options={
                'verbose_name': 'seal of a row',
                'verbose_name_plural': 'seals of rows',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkpoint',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='46ce7f77fbf94a7a1af50c76ccfec3cbeef40cdd', operation='DELETE', pgid='pgtrigger_never_deleted_407bb', table='distribution_checkpoint', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkpoint',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ecaa4b93bcc4e08ba736fbbac64025bbf086a6d4', operation='UPDATE', pgid='pgtrigger_never_changed_29e8c', table='distribution_checkpoint', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkpoint',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='f980ef348951d3f7195a712a056edecadedec0e5', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_d04b5', table='distribution_checkpoint', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='seal',
            name='checkpoint',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seals', to='distribution.checkpoint'),
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.UniqueConstraint(fields=('table', 'row'), name='one_seal_per_row'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='seal',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='d87ca629c5c878e515abb1609edcab36df3a0ad3', operation='DELETE', pgid='pgtrigger_never_deleted_ea47a', table='distribution_seal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='seal',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='6aac96fff29a4f9f29bb965ad2ee9747f3d014d3', operation='UPDATE', pgid='pgtrigger_never_changed_4c380', table='distribution_seal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='seal',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='c4123f1ff302d403b427c27de128ae35b176c6b0', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_5542e', table='distribution_seal', when='BEFORE')),
        ),
    ]
