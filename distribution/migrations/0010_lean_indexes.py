"""Indexes that serve the pages at millions of deliveries, and none that only costs every write.

Nothing here blocks reading or writing: indexes are built and dropped concurrently, each outside a transaction. A
migration that was stopped on the way may be started again.
"""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

ANSWERING = Coalesce("successor_id", "agency_id")
OUTSTANDING = Q(
    ("acknowledged_at__isnull", True),
    ("returned_at__isnull", True),
    ("superseded_at__isnull", True),
    ("withdrawn_at__isnull", True),
)
UNANSWERED = Q(
    ("returned_at__isnull", True),
    ("superseded_at__isnull", True),
    ("withdrawn_at__isnull", True),
    ("acknowledged_at__isnull", False),
    ("completed_at__isnull", True),
    ("purpose", "action"),
    ("revised_at__isnull", True),
)
PROTECT = django.db.models.deletion.PROTECT


def without_index(model: str, name: str, index: str, **field: object) -> migrations.SeparateDatabaseAndState:
    """Drop the index of a foreign key concurrently, which altering the field would do under a lock."""
    field = {"null": True, "blank": True, "related_name": "+", "db_index": False, "on_delete": PROTECT} | field
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f"DROP INDEX CONCURRENTLY IF EXISTS {index}",
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON distribution_{model} ({name}_id)",
            )
        ],
        state_operations=[migrations.AlterField(model, name, models.ForeignKey(**field))],
    )


class AddIndexAnew(AddIndexConcurrently):
    """Also where an earlier try left the index, perhaps invalid: PostgreSQL keeps it when building is interrupted."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):  # type: ignore[no-untyped-def]
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {self.index.name}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)


def index(model: str, index: models.Index) -> AddIndexAnew:
    return AddIndexAnew(model, index)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("agencies", "0005_leave_taken_back"),
        ("circulars", "0006_unplanned"),
        ("distribution", "0009_hashes_as_bytes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        index("delivery", models.Index(ANSWERING, F("created_at"), condition=OUTSTANDING, name="delivery_to_confirm")),
        index("delivery", models.Index(ANSWERING, F("due_at"), condition=UNANSWERED, name="delivery_to_answer")),
        index(
            "delivery",
            models.Index(
                ANSWERING, F("withdrawn_at"), condition=Q(withdrawn_at__isnull=False), name="delivery_withdrawn"
            ),
        ),
        index(
            "delivery",
            models.Index(fields=["returned_at"], condition=Q(returned_at__isnull=False), name="delivery_returned"),
        ),
        index(
            "delivery", models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="delivery_children")
        ),
        index(
            "delivery",
            models.Index(fields=["successor"], condition=Q(successor__isnull=False), name="delivery_taken_over"),
        ),
        index(
            "delivery",
            models.Index(fields=["superseded_by"], condition=Q(superseded_by__isnull=False), name="delivery_covered"),
        ),
        index(
            "delivery",
            django.contrib.postgres.indexes.GinIndex(
                fields=["path"], condition=Q(parent__isnull=False), name="delivery_below"
            ),
        ),
        index(
            "notice", models.Index(fields=["bundle"], condition=Q(bundle__isnull=False), name="notice_bundled")
        ),
        RemoveIndexConcurrently("delivery", "delivery_circular_stage"),
        RemoveIndexConcurrently("delivery", "delivery_owed"),
        RemoveIndexConcurrently("delivery", "delivery_path"),
        RemoveIndexConcurrently("delivery", "delivery_unanswered"),
        without_index(
            "delivery",
            "acknowledged_by",
            "distribution_delivery_acknowledged_by_id_77d5629b",
            to=settings.AUTH_USER_MODEL,
            verbose_name="acknowledged by",
        ),
        without_index(
            "delivery",
            "acknowledged_for",
            "distribution_delivery_acknowledged_for_id_556ecac4",
            to=settings.AUTH_USER_MODEL,
            verbose_name="as deputy of",
        ),
        without_index(
            "delivery",
            "completed_by",
            "distribution_delivery_completed_by_id_f440582a",
            to=settings.AUTH_USER_MODEL,
            verbose_name="answered by",
        ),
        without_index(
            "delivery",
            "parent",
            "distribution_delivery_parent_id_1bd3ad32",
            to="distribution.delivery",
            related_name="children",
            verbose_name="passed on from",
        ),
        without_index(
            "delivery",
            "successor",
            "distribution_delivery_successor_id_23fa0c34",
            to="agencies.agency",
            related_name="inherited_deliveries",
            verbose_name="answered for by",
            help_text="The unit to which the recipient's duties passed when it was closed.",
        ),
        without_index(
            "delivery",
            "superseded_by",
            "distribution_delivery_superseded_by_id_dc74bd1c",
            to="distribution.delivery",
            related_name="supersedes",
            verbose_name="covered by",
        ),
        without_index(
            "deliveryevent",
            "delivery",
            "distribution_deliveryevent_delivery_id_d57862d0",
            to="distribution.delivery",
            null=False,
            blank=False,
            related_name="events",
            verbose_name="delivery",
        ),
        without_index(
            "deliveryevent", "by", "distribution_deliveryevent_by_id_ed998322", to=settings.AUTH_USER_MODEL, verbose_name="by"
        ),
        without_index(
            "deliveryevent", "for_agency", "distribution_deliveryevent_for_agency_id_73d35c1b", to="agencies.agency", verbose_name="for the unit"
        ),
        without_index(
            "notice",
            "agency",
            "distribution_notice_agency_id_87f86253",
            to="agencies.agency",
            related_name="notices",
            verbose_name="to the unit",
        ),
        without_index(
            "notice",
            "person",
            "distribution_notice_person_id_bfabd374",
            to=settings.AUTH_USER_MODEL,
            related_name="notices",
            verbose_name="to the person",
        ),
        without_index(
            "notice",
            "bundle",
            "distribution_notice_bundle_id_8c6f543e",
            to="distribution.notice",
            related_name="members",
            verbose_name="digest",
        ),
        # The unique index serves every search by Message-ID; nobody searches by its beginning.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS distribution_notice_message_id_69e2fbe1_like",
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS distribution_notice_message_id_69e2fbe1_like ON distribution_notice"
            " (message_id varchar_pattern_ops)",
        ),
        # Room on each page for the next version of its rows; vacuum and statistics long before a fifth has changed.
        migrations.RunSQL(
            [
                "ALTER TABLE distribution_delivery SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02,"
                " autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05)",
                "ALTER TABLE distribution_notice SET (autovacuum_vacuum_scale_factor = 0.02,"
                " autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05)",
            ],
            [
                "ALTER TABLE distribution_delivery RESET (fillfactor, autovacuum_vacuum_scale_factor,"
                " autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor)",
                "ALTER TABLE distribution_notice RESET (autovacuum_vacuum_scale_factor,"
                " autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor)",
            ],
        ),
        # The planner knows nothing of the indexed expression before the table is analyzed.
        migrations.RunSQL("ANALYZE distribution_delivery", migrations.RunSQL.noop),
    ]
