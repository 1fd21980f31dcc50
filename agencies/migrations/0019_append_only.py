"""The database refuses to change, delete or truncate the history of the directory. Nothing is rewritten."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0018_districts'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='directorychange',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='45b0543c4aa639b6e47d8d2963fa1b553bd7575d', operation='DELETE', pgid='pgtrigger_never_deleted_0335d', table='agencies_directorychange', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='directorychange',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='50daa263822543e6f7cbb9c3abc7081b02a83c89', operation='UPDATE', pgid='pgtrigger_never_changed_0a5c9', table='agencies_directorychange', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='directorychange',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='e55c8b45b892a347443ba7ea561f08fc854d1c29', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_d417a', table='agencies_directorychange', when='BEFORE')),
        ),
    ]
