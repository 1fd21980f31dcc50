"""Who has a draft open, its unsaved text, and who saved it last. New columns are nullable: no row is rewritten."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('circulars', '0011_file_of_a_correction'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='circular',
            name='saved_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='circular',
            name='saved_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='DraftEditing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('opened_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('kept_at', models.DateTimeField(null=True)),
                ('version_read', models.PositiveIntegerField(default=0)),
                ('values', models.JSONField(blank=True, default=dict)),
                ('circular', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='editings', to='circulars.circular')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('circular', 'person', 'public_id'), name='one_editing_per_page'), models.CheckConstraint(condition=models.Q(models.Q(('kept_at__isnull', True), ('values', {})), models.Q(('kept_at__isnull', False), models.Q(('values', {}), _negated=True)), _connector='OR'), name='unsaved_values_have_a_moment')],
            },
        ),
    ]
