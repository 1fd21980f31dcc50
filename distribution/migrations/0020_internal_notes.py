"""Internal notes of a unit on a letter or a copy of it, which only their author may strike out."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0010_several_undeliverable_addresses"),
        ("circulars", "0009_number_in_use"),
        ("distribution", "0019_returned_mail_issuer"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InternalNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by_sender", models.BooleanField(verbose_name="by the sender")),
                ("text", models.TextField(max_length=1000, verbose_name="text")),
                ("written_at", models.DateTimeField(verbose_name="written")),
                ("struck_at", models.DateTimeField(blank=True, null=True, verbose_name="struck out")),
                (
                    "circular",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="internal_notes",
                        to="circulars.circular",
                        verbose_name="circular",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Empty for a note on the whole letter.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="internal_notes",
                        to="distribution.delivery",
                        verbose_name="delivery",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                        verbose_name="unit of the author",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "written_for",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="as deputy of",
                    ),
                ),
            ],
            options={
                "verbose_name": "internal note",
                "verbose_name_plural": "internal notes",
                "ordering": ["written_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="note_has_a_text"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("by_sender", True), ("delivery__isnull", False), _connector="OR"),
                        name="recipient_notes_on_its_copy",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="internalnote",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="6c03da691606297b726bcad7121c3e0b528b212b",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_32112",
                    table="distribution_internalnote",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="internalnote",
            trigger=pgtrigger.compiler.Trigger(
                name="only_struck_out",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."circular_id" IS DISTINCT FROM (NEW."circular_id") OR OLD."delivery_id" IS DISTINCT FROM (NEW."delivery_id") OR OLD."unit_id" IS DISTINCT FROM (NEW."unit_id") OR OLD."by_sender" IS DISTINCT FROM (NEW."by_sender") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."written_at" IS DISTINCT FROM (NEW."written_at") OR OLD."written_by_id" IS DISTINCT FROM (NEW."written_by_id") OR OLD."written_for_id" IS DISTINCT FROM (NEW."written_for_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="2bcf582b84640f293f6d9f432831c5c567a17e9c",
                    operation="UPDATE",
                    pgid="pgtrigger_only_struck_out_a7727",
                    table="distribution_internalnote",
                    when="BEFORE",
                ),
            ),
        ),
    ]
