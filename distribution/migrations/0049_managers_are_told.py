"""What managers are told by themselves: settings, weekly digests, alerts; and who downloaded a prepared file.

New tables; a column without a default; a constraint that the next migration validates: nothing is locked for long.
"""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0016_person_search_key'),
        ('circulars', '0016_unread_attachments'),
        ('distribution', '0048_answering_times'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BoardSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('late_looked_at', models.DateTimeField(blank=True, null=True, verbose_name='looked at what became late')),
                ('digest_day', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Monday'), (2, 'Tuesday'), (3, 'Wednesday'), (4, 'Thursday'), (5, 'Friday')], null=True, verbose_name='day of the weekly digest')),
                ('digest_hour', models.TimeField(blank=True, null=True, verbose_name='hour of the weekly digest')),
                ('digest_chosen_at', models.DateTimeField(blank=True, null=True, verbose_name='weekly digest chosen')),
                ('wants_alerts', models.BooleanField(default=True, verbose_name='e-mail at once')),
            ],
            options={
                'verbose_name': 'settings of a board',
                'verbose_name_plural': 'settings of boards',
            },
        ),
        migrations.CreateModel(
            name='LateAlert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('overdue', 'Overdue'), ('unopened', 'Not opened')], max_length=8, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='told')),
                ('people', models.PositiveSmallIntegerField(default=0, verbose_name='people told')),
            ],
            options={
                'verbose_name': 'alert',
                'verbose_name_plural': 'alerts',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='LateAlertCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('overdue', 'Overdue'), ('unopened', 'Not opened')], max_length=8)),
                ('due_at', models.DateTimeField(null=True, verbose_name='due')),
            ],
        ),
        migrations.CreateModel(
            name='WeeklyDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField(verbose_name='Monday of the week')),
                ('created_at', models.DateTimeField(verbose_name='due since')),
                ('claimed_at', models.DateTimeField(editable=False, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('figures', models.JSONField(default=dict, editable=False)),
                ('pdf', models.BinaryField(null=True)),
                ('dropped_at', models.DateTimeField(null=True, verbose_name='no longer wanted')),
            ],
            options={
                'verbose_name': 'weekly digest',
                'verbose_name_plural': 'weekly digests',
            },
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_of_a_letter_is_about_a_delivery',
        ),
        migrations.AddField(
            model_name='preparedfile',
            name='fetched_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='downloaded'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('letter', 'A letter waits'), ('reminder', 'Reminder'), ('escalation', 'Escalation'), ('digest', 'Morning digest'), ('returned', 'Letter returned'), ('sent_again', 'Letter sent again after the return'), ('extension_asked', 'More time asked for'), ('extension_decided', 'Answer to a request for more time'), ('due_changed', 'Due time changed'), ('withdrawn', 'Letter withdrawn'), ('code', 'One-time code'), ('address_asked', 'Address asked for'), ('taken_back', 'Return taken back'), ('take_back_asked', 'Asked to take back'), ('take_back_decided', 'Answer to a request to take back'), ('on_behalf', "Recorded on the unit's behalf"), ('objected', 'Objection to a record of the sender'), ('not_dispatched', 'Scheduled dispatch did not take place'), ('channel_away', 'Units wait for a channel that stands still'), ('assigned', 'Letter assigned to you'), ('assigned_reminder', 'Reminder of a letter assigned to you'), ('contact_code', 'Code for a new address'), ('contact_changed', 'Address of the unit changed'), ('record_taken_back', 'The sender took its record back'), ('address_decided', 'Decision on an address'), ('weekly_digest', 'Weekly digest'), ('late_alert', 'Letter overdue or not opened')], default='letter', max_length=20, verbose_name='kind'),
        ),
        AddConstraintNotValid(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('delivery__isnull', False), ('kind__in', ('digest', 'not_dispatched', 'contact_code', 'contact_changed', 'weekly_digest', 'late_alert')), _connector='OR'), name='notice_of_a_letter_is_about_a_delivery'),
        ),
        migrations.AddField(
            model_name='boardsettings',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='boardsettings',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency', verbose_name='unit'),
        ),
        migrations.AddField(
            model_name='latealert',
            name='circular',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='late_alerts', to='circulars.circular', verbose_name='circular'),
        ),
        migrations.AddField(
            model_name='latealertcopy',
            name='alert',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='distribution.latealert', verbose_name='alert'),
        ),
        migrations.AddField(
            model_name='latealertcopy',
            name='delivery',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='distribution.delivery', verbose_name='delivery'),
        ),
        migrations.AddField(
            model_name='weeklydigest',
            name='notice',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='weekly_digest', to='distribution.notice', verbose_name='notice'),
        ),
        migrations.AddField(
            model_name='weeklydigest',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='weeklydigest',
            name='unit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency', verbose_name='unit'),
        ),
        migrations.AddConstraint(
            model_name='boardsettings',
            constraint=models.UniqueConstraint(fields=('person', 'unit'), name='one_board_settings_per_person_and_unit'),
        ),
        migrations.AddConstraint(
            model_name='boardsettings',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('digest_chosen_at', None), ('digest_day', None), ('digest_hour', None)), models.Q(('digest_chosen_at__isnull', False), ('digest_day__in', [1, 2, 3, 4, 5]), ('digest_hour__isnull', False)), _connector='OR'), name='digest_has_day_and_hour'),
        ),
        migrations.AddConstraint(
            model_name='latealertcopy',
            constraint=models.UniqueConstraint(fields=('delivery', 'reason', 'due_at'), name='copy_told_of_once', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='weeklydigest',
            index=models.Index(condition=models.Q(('dropped_at', None), ('notice', None)), fields=['created_at'], name='digest_unprepared'),
        ),
        migrations.AddIndex(
            model_name='weeklydigest',
            index=models.Index(condition=models.Q(('pdf__isnull', False)), fields=['created_at'], name='digest_with_pdf'),
        ),
        migrations.AddConstraint(
            model_name='weeklydigest',
            constraint=models.UniqueConstraint(fields=('person', 'unit', 'week'), name='one_digest_per_person_unit_and_week'),
        ),
        migrations.AddConstraint(
            model_name='weeklydigest',
            constraint=models.CheckConstraint(condition=models.Q(('notice', None), ('dropped_at', None), _connector='OR'), name='dropped_digest_has_no_mail'),
        ),
    ]
