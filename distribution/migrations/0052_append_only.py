"""The database refuses to change, delete or truncate what is only ever added to. Nothing is rewritten."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('distribution', '0050_validate_managers_are_told'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='answerdocument',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='6b2241a525849064db49104b3606e2c37449eeb9', operation='DELETE', pgid='pgtrigger_never_deleted_97cf5', table='distribution_answerdocument', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='answerdocument',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."delivery_id" IS DISTINCT FROM (NEW."delivery_id") OR OLD."file" IS DISTINCT FROM (NEW."file") OR OLD."file_name" IS DISTINCT FROM (NEW."file_name") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."attached_by_id" IS DISTINCT FROM (NEW."attached_by_id") OR OLD."attached_at" IS DISTINCT FROM (NEW."attached_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='571d3a2d8ed9880ce8326b7e86c232ede84061d2', operation='UPDATE', pgid='pgtrigger_never_changed_2b73c', table='distribution_answerdocument', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='answerdocument',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='1ad9cc16b8da9ef8ee1eb403967282474e9ee5b7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_6bcfe', table='distribution_answerdocument', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='assignment',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='f64e06af3fb6f92c5170e7e796955a1d9fe78e56', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_2f993', table='distribution_assignment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='call',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='f198c65ec3d16ec988e1275bab77aa5f0f0b58e2', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_74771', table='distribution_call', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='circularchange',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='e3b481ed2baa40ee47b9e921b4074e954c9ad422', operation='DELETE', pgid='pgtrigger_never_deleted_25164', table='distribution_circularchange', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='circularchange',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='1565b76e5b1439550d6b140ae7b2f7f2d5973583', operation='UPDATE', pgid='pgtrigger_never_changed_26203', table='distribution_circularchange', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='circularchange',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='d5dedc849b29f081be3ea49ec24f6d60863d82b5', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_5317f', table='distribution_circularchange', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deliveryevent',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='1fcf3b052b200618f386acc5905f733397b2e94b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_e0ed1', table='distribution_deliveryevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='extensionrequest',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='b5ed0319f34043541523a57e6b408b95d3ce52ce', operation='DELETE', pgid='pgtrigger_never_deleted_1e47b', table='distribution_extensionrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='extensionrequest',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."delivery_id" IS DISTINCT FROM (NEW."delivery_id") OR OLD."due_before" IS DISTINCT FROM (NEW."due_before") OR OLD."wanted" IS DISTINCT FROM (NEW."wanted") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."asked_name" IS DISTINCT FROM (NEW."asked_name") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='68fec5695da1fe6067d89e519d8a63dd0618231f', operation='UPDATE', pgid='pgtrigger_never_changed_f06f0', table='distribution_extensionrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='extensionrequest',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='77275014cb0d0c435ef2553e2eae39e49d36499a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_0c268', table='distribution_extensionrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='handover',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='cecc8f21db009375bf40c34f40efaedc08579df9', operation='DELETE', pgid='pgtrigger_never_deleted_9e3b7', table='distribution_handover', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='handover',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4c4cdf2a090ac0dc5a25d3957ed597af98b76b09', operation='UPDATE', pgid='pgtrigger_never_changed_24c87', table='distribution_handover', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='handover',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='ef049bc8a897dca03af9186c615c519a08428703', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_8e20a', table='distribution_handover', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='internalnote',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='589bef654399ac5160c430117c1b290fbbc4ce01', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_5e899', table='distribution_internalnote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kepevidence',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='5df4a216935682e9e115116570ee1e0e7a2f3435', operation='DELETE', pgid='pgtrigger_never_deleted_7b345', table='distribution_kepevidence', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kepevidence',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."evidence_id" IS DISTINCT FROM (NEW."evidence_id") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."provider" IS DISTINCT FROM (NEW."provider") OR OLD."recipient" IS DISTINCT FROM (NEW."recipient") OR OLD."original_message_id" IS DISTINCT FROM (NEW."original_message_id") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."error" IS DISTINCT FROM (NEW."error") OR OLD."file_name" IS DISTINCT FROM (NEW."file_name") OR OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."imported_by_id" IS DISTINCT FROM (NEW."imported_by_id") OR OLD."issuer_id" IS DISTINCT FROM (NEW."issuer_id") OR OLD."imported_at" IS DISTINCT FROM (NEW."imported_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='f2b35a643944c4e96c1d285935dd127f6295386e', operation='UPDATE', pgid='pgtrigger_never_changed_31024', table='distribution_kepevidence', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kepevidence',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='e92ffec7c4d46eb10f0c468e57f209be074f039b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_b5a6e', table='distribution_kepevidence', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='linkcode',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='e4c67c49071192d910b350f755716d07941fb1ae', operation='DELETE', pgid='pgtrigger_never_deleted_378fe', table='distribution_linkcode', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='linkcode',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."delivery_id" IS DISTINCT FROM (NEW."delivery_id") OR OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='46134e14cf24d404a9cf65a07dd7d949dff980f7', operation='UPDATE', pgid='pgtrigger_never_changed_4a3c8', table='distribution_linkcode', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='linkcode',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='5d426a1f6d01a94e8edcb6c70bf851fbed3128cb', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_5426e', table='distribution_linkcode', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='onbehalfrecord',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='6765e3a24cd83c9697978061a7ae2fc52fb4c306', operation='DELETE', pgid='pgtrigger_never_deleted_af3a9', table='distribution_onbehalfrecord', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='onbehalfrecord',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."delivery_id" IS DISTINCT FROM (NEW."delivery_id") OR OLD."confirms" IS DISTINCT FROM (NEW."confirms") OR OLD."disposition" IS DISTINCT FROM (NEW."disposition") OR OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."by_giver" IS DISTINCT FROM (NEW."by_giver") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."said_by" IS DISTINCT FROM (NEW."said_by") OR OLD."said_by_title" IS DISTINCT FROM (NEW."said_by_title") OR OLD."said_at" IS DISTINCT FROM (NEW."said_at") OR OLD."register_number" IS DISTINCT FROM (NEW."register_number") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."file" IS DISTINCT FROM (NEW."file") OR OLD."file_name" IS DISTINCT FROM (NEW."file_name") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."recorded_by_id" IS DISTINCT FROM (NEW."recorded_by_id") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='5cb453b3f72bcdca6e2ad62372ee3de866b06e48', operation='UPDATE', pgid='pgtrigger_never_changed_4784c', table='distribution_onbehalfrecord', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='onbehalfrecord',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='4d63b4364c9c5639707bc929a552f5e4daa39afe', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_369b1', table='distribution_onbehalfrecord', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='returndecision',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='8afaf46141e90eef118382f3c5624be72b9663a9', operation='DELETE', pgid='pgtrigger_never_deleted_c3133', table='distribution_returndecision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='returndecision',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='9d063dfca2df1c6def5141450e424b19de4d0063', operation='UPDATE', pgid='pgtrigger_never_changed_bad2d', table='distribution_returndecision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='returndecision',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='7496e73e5c0f3cd6ba1c8b8b558572b43fbf0f54', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_23a78', table='distribution_returndecision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='returnedmail',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='0b9a10d62123314ea5802b57d54cabf958bcdd0b', operation='DELETE', pgid='pgtrigger_never_deleted_71679', table='distribution_returnedmail', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='returnedmail',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."digest" IS DISTINCT FROM (NEW."digest") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."verdict" IS DISTINCT FROM (NEW."verdict") OR OLD."sender" IS DISTINCT FROM (NEW."sender") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."original_message_id" IS DISTINCT FROM (NEW."original_message_id") OR OLD."recipient" IS DISTINCT FROM (NEW."recipient") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."diagnosis" IS DISTINCT FROM (NEW."diagnosis") OR OLD."presumed_id" IS DISTINCT FROM (NEW."presumed_id") OR OLD."issuer_id" IS DISTINCT FROM (NEW."issuer_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='1046f827c61c486d9f44fb876909b5ac206aa152', operation='UPDATE', pgid='pgtrigger_never_changed_0ce19', table='distribution_returnedmail', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='returnedmail',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='ecf5a45c09f5c6a53e42c592fb2e8f741d13812f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_f4fe1', table='distribution_returnedmail', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='takebackrequest',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='d17a9f2610439ec96fd576a0150f637a0553569e', operation='DELETE', pgid='pgtrigger_never_deleted_ff429', table='distribution_takebackrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='takebackrequest',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."delivery_id" IS DISTINCT FROM (NEW."delivery_id") OR OLD."act" IS DISTINCT FROM (NEW."act") OR OLD."act_at" IS DISTINCT FROM (NEW."act_at") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."asked_name" IS DISTINCT FROM (NEW."asked_name") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='cc5d66ee0814551f141c816aa310e2bdfc43ad23', operation='UPDATE', pgid='pgtrigger_never_changed_9c776', table='distribution_takebackrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='takebackrequest',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='562910a8ac9233ee6cc47053438823471fcc7e91', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_23f73', table='distribution_takebackrequest', when='BEFORE')),
        ),
    ]
