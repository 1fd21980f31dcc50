"""Waiting evidence is for the only unit for which its importer sends; else its importer and administrators settle it."""

from django.db import migrations

WAITING = """
    UPDATE distribution_kepevidence AS evidence
    SET issuer_id = sends.agency_id
    FROM (
        SELECT user_id, min(agency_id) AS agency_id
        FROM agencies_membership
        WHERE role = 'sender' AND active_from <= current_date AND (active_to IS NULL OR active_to > current_date)
        GROUP BY user_id
        HAVING count(DISTINCT agency_id) = 1
    ) AS sends
    WHERE evidence.imported_by_id = sends.user_id
      AND evidence.notice_id IS NULL
      AND evidence.dismissed_by_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0011_leave_in_due_times"),
        ("distribution", "0028_evidence_imported_for"),
    ]
    operations = [migrations.RunSQL(WAITING, migrations.RunSQL.noop)]
