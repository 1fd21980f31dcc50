"""Whether a withdrawn letter's number is in use, by the rule of the withdrawal: while any revision has a copy in force.

Circulars 0008 freed it as soon as one revision was withdrawn. A number that another letter has by now stays free.
"""

from django.db import migrations

WITHDRAWN_LETTERS = """
    WITH RECURSIVE revision AS (
        SELECT id AS first, id, withdrawn_at FROM circulars_circular
        WHERE corrects_id IS NULL AND status = 'dispatched'
        UNION ALL
        SELECT revision.first, later.id, later.withdrawn_at
        FROM circulars_circular later JOIN revision ON later.corrects_id = revision.id
        WHERE later.status = 'dispatched'
    ), letter AS (
        SELECT first FROM revision GROUP BY first HAVING bool_or(withdrawn_at IS NOT NULL)
    ), in_force AS (
        SELECT DISTINCT first FROM letter JOIN revision USING (first)
        WHERE EXISTS (
            SELECT FROM distribution_delivery delivery
            WHERE delivery.circular_id = revision.id AND delivery.returned_at IS NULL
                AND delivery.withdrawn_at IS NULL AND delivery.superseded_at IS NULL
                AND delivery.revised_at IS NULL
        )
    )
"""
FREE = f"""
    {WITHDRAWN_LETTERS}
    UPDATE circulars_circular SET number_in_use = FALSE
    FROM letter JOIN revision USING (first)
    WHERE circulars_circular.id = revision.id AND number_in_use
        AND NOT EXISTS (SELECT FROM in_force WHERE in_force.first = letter.first)
"""
TAKE_AGAIN = f"""
    {WITHDRAWN_LETTERS}
    UPDATE circulars_circular SET number_in_use = TRUE
    FROM in_force JOIN revision USING (first) JOIN circulars_circular of_number ON of_number.id = in_force.first
    WHERE circulars_circular.id = revision.id AND NOT circulars_circular.number_in_use
        AND NOT EXISTS (
            SELECT FROM circulars_circular other
            WHERE other.id <> of_number.id AND other.issuer_id = of_number.issuer_id
                AND other.corrects_id IS NULL AND other.number_in_use AND (
                    other.number = of_number.number
                        AND date_part('year', other.date) IS NOT DISTINCT FROM date_part('year', of_number.date)
                    OR other.verification_code <> '' AND other.verification_code = of_number.verification_code
                )
        )
"""


class Migration(migrations.Migration):
    dependencies = [
        ("distribution", "0016_overloaded_server"),
        ("circulars", "0009_number_in_use"),
    ]

    operations = [
        migrations.RunSQL(FREE, migrations.RunSQL.noop),
        migrations.RunSQL(TAKE_AGAIN, migrations.RunSQL.noop),
    ]
