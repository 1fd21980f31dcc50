"""Whether due times in working days take a declared leave into account. Leave declared until now is left as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0010_several_undeliverable_addresses")]

    operations = [
        migrations.AddField(
            model_name="declaredleave",
            name="in_due_times",
            field=models.BooleanField(db_default=False, editable=False),
        ),
        migrations.RunSQL(
            "UPDATE agencies_declaredleave SET in_due_times = removed_at IS NULL",
            migrations.RunSQL.noop,
        ),
    ]
