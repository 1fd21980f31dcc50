"""Addresses that nothing reaches, by channel."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0008_addresses_and_imports")]

    operations = [
        migrations.AddField(
            model_name="agency",
            name="undeliverable",
            field=models.JSONField(
                default=dict, editable=False, verbose_name="addresses that nothing reaches"
            ),
        ),
    ]
