"""What the sender records on a unit's behalf: marks on the delivery, the records, kinds of event and notice.

Nothing is rewritten: the new columns have defaults in the database, with which the earlier release goes on inserting,
and the new constraints of deliveries hold for rows written from now on. 0019 checks the rows that are there.
"""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import distribution.models.acts.on_behalf


class Migration(migrations.Migration):

    dependencies = [
        ('distribution', '0022_take_back'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OnBehalfRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('confirms', models.BooleanField(verbose_name='confirms the letter')),
                ('disposition', models.CharField(blank=True, choices=[('done', 'Done'), ('not_applicable', 'Not applicable')], max_length=15, verbose_name='disposition')),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
                ('channel', models.CharField(choices=[('telephone', 'Telephone'), ('paper', 'Letter on paper'), ('kep', 'KEP message'), ('own_ebys', "The unit's own EBYS"), ('in_person', 'In person'), ('email', 'Another e-mail')], max_length=10, verbose_name='how')),
                ('said_by', models.CharField(max_length=120, verbose_name='said by')),
                ('said_by_title', models.CharField(max_length=120, verbose_name='position')),
                ('said_at', models.DateTimeField(verbose_name='said at')),
                ('register_number', models.CharField(blank=True, max_length=60, verbose_name="recipient's register number")),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('file', models.FileField(blank=True, upload_to=distribution.models.acts.on_behalf.record_path, verbose_name='file')),
                ('file_name', models.CharField(blank=True, max_length=255, verbose_name='file name')),
                ('size', models.PositiveBigIntegerField(default=0, verbose_name='size in bytes')),
                ('sha256', models.CharField(blank=True, editable=False, max_length=64)),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('ended_as', models.CharField(blank=True, choices=[('replaced', "Replaced by the unit's own confirmation or answer"), ('objected', 'The unit objected'), ('taken_back', 'Taken back by the sender')], max_length=10, verbose_name='ended as')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('ended_name', models.CharField(blank=True, max_length=250, verbose_name='ended by, by link')),
                ('end_reason', models.TextField(blank=True, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'record on behalf of a unit',
                'verbose_name_plural': 'records on behalf of units',
                'ordering': ['pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='delivery',
            name='acknowledged_by_a_person_for_a_content',
        ),
        migrations.AddField(
            model_name='delivery',
            name='acknowledged_on_behalf',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='confirmation recorded by the sender'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='completed_name',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=250),
        ),
        migrations.AddField(
            model_name='delivery',
            name='completed_on_behalf',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='answer recorded by the sender'),
        ),
        migrations.AlterField(
            model_name='deliveryevent',
            name='kind',
            field=models.CharField(choices=[('dispatched', 'Dispatched'), ('notified', 'Notice sent'), ('notice_failed', 'Notice could not be sent'), ('opened', 'Letter opened'), ('downloaded', 'File downloaded'), ('acknowledged', 'Confirmed'), ('passed_to_successor', "Passed to the unit's successor"), ('superseded', 'Closed: another copy covers it'), ('reached', 'Reached the mailbox'), ('relayed', 'On its way'), ('read_in_mailbox', 'Read in the mailbox'), ('bounced', 'Came back as undeliverable'), ('deferred', 'Not delivered for now, is sent again'), ('mail_answer', 'Reply by e-mail kept as a document'), ('handed_over', 'Handed over by hand or post'), ('completed', 'Answered'), ('document_attached', 'Answer document attached'), ('returned', 'Returned'), ('extension_asked', 'More time asked for'), ('extension_granted', 'More time granted'), ('extension_refused', 'More time refused'), ('passed_on', 'Passed on'), ('received_below', 'Came from the unit above'), ('reminded', 'Reminded'), ('escalated', "Told the unit above and the sender's manager"), ('withdrawn', 'Withdrawn by the sender'), ('added', 'Added after the dispatch'), ('removed', 'Taken off the distribution'), ('due_changed', 'Due time changed'), ('corrected', 'Corrected by a new revision'), ('link_revoked', 'Link without account revoked'), ('code_sent', 'One-time code sent'), ('recorded_on_behalf', "Recorded by the sender on the unit's behalf"), ('objected', "The unit objected to the sender's record"), ('record_taken_back', 'The sender took its record back')], max_length=20, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('letter', 'A letter waits'), ('reminder', 'Reminder'), ('escalation', 'Escalation'), ('digest', 'Morning digest'), ('returned', 'Letter returned'), ('extension_asked', 'More time asked for'), ('extension_decided', 'Answer to a request for more time'), ('due_changed', 'Due time changed'), ('withdrawn', 'Letter withdrawn'), ('code', 'One-time code'), ('address_asked', 'Address asked for'), ('on_behalf', "Recorded on the unit's behalf"), ('objected', 'Objection to a record of the sender')], default='letter', max_length=20, verbose_name='kind'),
        ),
        AddConstraintNotValid(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('acknowledged_at__isnull', True), models.Q(models.Q(('acknowledged_by__isnull', False), models.Q(('acknowledged_name', ''), _negated=True), _connector='OR'), models.Q(models.Q(('acknowledged_sha256', ''), _negated=True), ('acknowledged_on_behalf', True), _connector='OR')), _connector='OR'), name='confirmed_by_a_person_for_a_content'),
        ),
        AddConstraintNotValid(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('acknowledged_on_behalf', False), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', True), ('acknowledged_sha256', '')), _connector='OR'), name='confirmation_on_behalf_by_no_user'),
        ),
        AddConstraintNotValid(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('completed_name', ''), ('completed_on_behalf', False)), models.Q(('completed_at__isnull', False), ('completed_by__isnull', True), ('completed_on_behalf', True), models.Q(('completed_name', ''), _negated=True)), _connector='OR'), name='answer_on_behalf_by_no_user'),
        ),
        migrations.AddField(
            model_name='onbehalfrecord',
            name='delivery',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='on_behalf_records', to='distribution.delivery', verbose_name='delivery'),
        ),
        migrations.AddField(
            model_name='onbehalfrecord',
            name='ended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by'),
        ),
        migrations.AddField(
            model_name='onbehalfrecord',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by'),
        ),
        migrations.AddIndex(
            model_name='onbehalfrecord',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['recorded_at'], name='on_behalf_holding'),
        ),
        migrations.AddIndex(
            model_name='onbehalfrecord',
            index=models.Index(condition=models.Q(('ended_as', 'objected')), fields=['ended_at'], name='on_behalf_objected'),
        ),
        migrations.AddConstraint(
            model_name='onbehalfrecord',
            constraint=models.CheckConstraint(condition=models.Q(('confirms', True), models.Q(('disposition', ''), _negated=True), _connector='OR'), name='on_behalf_confirms_or_answers'),
        ),
        migrations.AddConstraint(
            model_name='onbehalfrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('disposition', 'not_applicable'), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='on_behalf_not_applicable_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='onbehalfrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_as', ''), ('ended_at__isnull', True)), models.Q(('ended_at__isnull', False), models.Q(('ended_as', ''), _negated=True)), _connector='OR'), name='on_behalf_ended_somehow'),
        ),
        migrations.AddConstraint(
            model_name='onbehalfrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_as__in', ['objected', 'taken_back']), _negated=True), models.Q(('end_reason', ''), _negated=True), _connector='OR'), name='on_behalf_ended_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='onbehalfrecord',
            constraint=models.UniqueConstraint(condition=models.Q(('disposition', ''), ('ended_at__isnull', True)), fields=('delivery',), name='one_confirmation_on_behalf'),
        ),
        migrations.AddConstraint(
            model_name='onbehalfrecord',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), models.Q(('disposition', ''), _negated=True)), fields=('delivery',), name='one_answer_on_behalf'),
        ),
    ]
