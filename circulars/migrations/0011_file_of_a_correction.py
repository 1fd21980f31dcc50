"""What a person says about the letter file of a correction. The column has a constant default: no row is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("circulars", "0010_scheduled")]

    operations = [
        migrations.AddField(
            "circular",
            "file_choice",
            models.CharField(
                blank=True,
                choices=[("new", "A new file"), ("unchanged", "The signed file is unchanged")],
                db_default="",
                default="",
                editable=False,
                max_length=9,
            ),
        ),
    ]
