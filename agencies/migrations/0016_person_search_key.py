"""The name of a person as the search compares it."""

from django.db import migrations, models
from django.db.models.functions import Concat

KEY = models.Func(
    Concat("first_name", models.Value(" "), "last_name"),
    template="lower(translate(%(expressions)s, 'İIıŞşĞğÜüÖöÇçÂâÎîÛû''’‘‛`´ʼ′＇', 'iiissgguuooccaaiiuu'))",
    output_field=models.CharField(),
)


class Migration(migrations.Migration):
    dependencies = [("agencies", "0015_administration_in_turkish")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="search_key",
            field=models.GeneratedField(
                db_persist=True, expression=KEY, output_field=models.CharField(max_length=301)
            ),
        ),
    ]
