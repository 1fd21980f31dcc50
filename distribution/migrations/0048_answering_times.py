"""How long units usually take, and an index on calls to a unit. New tables, and an index on a small one."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0016_person_search_key'),
        ('distribution', '0047_learned_lateness'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AnsweringTime',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('confirm', 'Confirmation'), ('answer', 'Answer')], max_length=7)),
                ('letters', models.PositiveIntegerField()),
                ('waiting', models.PositiveIntegerField()),
                ('answered_median', models.PositiveIntegerField()),
                ('median', models.PositiveIntegerField()),
                ('ninetieth', models.PositiveIntegerField()),
                ('kind_median', models.PositiveIntegerField(null=True)),
                ('drawn', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'answering time',
                'verbose_name_plural': 'answering times',
            },
        ),
        migrations.CreateModel(
            name='AnsweringTimeRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='as of')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('after', models.BigIntegerField(default=0, editable=False)),
                ('finished_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'reckoning of answering times',
                'verbose_name_plural': 'reckonings of answering times',
            },
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['agency', 'made_at'], name='call_of_unit'),
        ),
        migrations.AddField(
            model_name='answeringtime',
            name='unit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddConstraint(
            model_name='answeringtimerun',
            constraint=models.UniqueConstraint(condition=models.Q(('finished_at__isnull', True)), fields=('last_day',), name='one_unfinished_reckoning_a_day'),
        ),
        migrations.AddField(
            model_name='answeringtime',
            name='run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='times', to='distribution.answeringtimerun'),
        ),
        migrations.AddConstraint(
            model_name='answeringtime',
            constraint=models.UniqueConstraint(fields=('run', 'unit', 'act'), name='one_answering_time_a_unit_and_act'),
        ),
        migrations.AddConstraint(
            model_name='answeringtime',
            constraint=models.CheckConstraint(condition=models.Q(('letters__gte', django.db.models.expressions.CombinedExpression(models.F('waiting'), '+', models.Value(5)))), name='answering_time_of_five_answered_letters'),
        ),
    ]
