"""The words of sent letters for the search over full texts; 0014 fills and indexes the table."""

import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("circulars", "0012_draft_editing")]

    operations = [
        migrations.CreateModel(
            name="LetterText",
            fields=[
                (
                    "circular",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="circulars.circular",
                    ),
                ),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
            ],
        ),
    ]
