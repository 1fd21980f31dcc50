"""States of the channels, signs of life, claims of workers, and the table in which limits on sign-in are counted.

The table is the one that `manage.py createcachetable` makes (docs/decisions/0033-limits-in-the-database.md).
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('distribution', '0013_not_notified_after_a_bounce'),
    ]

    operations = [
        migrations.RunSQL(
            """CREATE TABLE IF NOT EXISTS cache_of_limits (
                cache_key varchar(255) NOT NULL PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
            );
            CREATE INDEX IF NOT EXISTS cache_of_limits_expires ON cache_of_limits (expires);""",
            "DROP TABLE cache_of_limits",
        ),
        migrations.CreateModel(
            name='ChannelStatus',
            fields=[
                ('channel', models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name='channel')),
                ('refusals', models.PositiveSmallIntegerField(default=0, verbose_name='refusals in a row')),
                ('suspended_at', models.DateTimeField(blank=True, null=True, verbose_name='suspended since')),
                ('fault', models.CharField(blank=True, choices=[('unreachable', "The server can't be reached."), ('insecure', "No secure connection to the server: its certificate isn't valid."), ('sign_in', "The server doesn't accept the user name or the password."), ('sender', "The server doesn't accept the sender address."), ('relaying', 'The server refuses to pass our mail on.'), ('quota', "The account's sending limit is used up."), ('refused', 'The server is out of order or refuses the connection.')], max_length=20, verbose_name='reason')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name="the server's answer")),
                ('is_certain', models.BooleanField(default=True, verbose_name='concerns every message')),
                ('tries', models.PositiveIntegerField(default=0, verbose_name='tries since then')),
                ('tried_at', models.DateTimeField(blank=True, null=True, verbose_name='last try')),
                ('next_try_at', models.DateTimeField(blank=True, null=True, verbose_name='next try')),
                ('configuration', models.CharField(blank=True, max_length=64, verbose_name='digest of the settings')),
            ],
            options={
                'verbose_name': 'state of a channel',
                'verbose_name_plural': 'states of channels',
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('job', models.CharField(choices=[('sweep', 'Sending in the background'), ('mailbox', 'Mailbox for returned mail')], max_length=20, primary_key=True, serialize=False, verbose_name='job')),
                ('at', models.DateTimeField(verbose_name='last run')),
                ('failing_since', models.DateTimeField(blank=True, null=True, verbose_name='failing since')),
                ('error', models.CharField(blank=True, max_length=500, verbose_name='error')),
            ],
            options={
                'verbose_name': 'sign of life',
                'verbose_name_plural': 'signs of life',
            },
        ),
        migrations.CreateModel(
            name='SendingClaim',
            fields=[
                ('claimed_at', models.DateTimeField(primary_key=True, serialize=False, verbose_name='claimed')),
                ('renewed_at', models.DateTimeField(verbose_name='renewed')),
            ],
            options={
                'verbose_name': 'claim of a worker',
                'verbose_name_plural': 'claims of workers',
            },
        ),
    ]
