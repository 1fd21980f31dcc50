"""Rename `holds_number`, in which “held” had a second meaning, and find letters of other units by their code."""

from django.db import migrations, models
from django.db.models.functions import Coalesce, ExtractYear

CODE, NUMBER = "one_circular_per_verification_code", "one_circular_per_issuer_number_and_year"


class Migration(migrations.Migration):
    dependencies = [("circulars", "0008_number_held_while_in_force")]

    operations = [
        migrations.RemoveConstraint("circular", CODE),
        migrations.RemoveConstraint("circular", NUMBER),
        migrations.RenameField("circular", "holds_number", "number_in_use"),
        migrations.AlterField(
            "circular",
            "replaces",
            models.ForeignKey(
                "circulars.circular",
                models.PROTECT,
                null=True,
                blank=True,
                related_name="replacements",
                verbose_name="in place of",
            ),
        ),
        migrations.AddConstraint(
            "circular",
            models.UniqueConstraint(
                fields=["issuer", "verification_code"],
                condition=~models.Q(verification_code="")
                & models.Q(corrects__isnull=True, number_in_use=True),
                name=CODE,
                violation_error_message="A letter with this verification code is already recorded.",
            ),
        ),
        migrations.AddConstraint(
            "circular",
            models.UniqueConstraint(
                models.F("issuer"),
                models.F("number"),
                Coalesce(ExtractYear("date"), 0),
                condition=~models.Q(number="") & models.Q(corrects__isnull=True, number_in_use=True),
                name=NUMBER,
                violation_error_message=(
                    "A letter of this issuer with this number is already recorded in this year."
                ),
            ),
        ),
        migrations.AddIndex(
            "circular",
            models.Index(
                fields=["verification_code"],
                condition=~models.Q(verification_code=""),
                name="circular_verification_code",
            ),
        ),
    ]
