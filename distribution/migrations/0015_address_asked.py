"""The kind of notice that asks for another address."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("distribution", "0014_channel_status")]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("letter", "A letter waits"),
                    ("reminder", "Reminder"),
                    ("escalation", "Escalation"),
                    ("digest", "Morning digest"),
                    ("returned", "Letter returned"),
                    ("extension_asked", "More time asked for"),
                    ("extension_decided", "Answer to a request for more time"),
                    ("due_changed", "Due time changed"),
                    ("withdrawn", "Letter withdrawn"),
                    ("code", "One-time code"),
                    ("address_asked", "Address asked for"),
                ],
                default="letter",
                max_length=20,
                verbose_name="kind",
            ),
        ),
    ]
