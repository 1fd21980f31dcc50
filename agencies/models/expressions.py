"""SQL that Django does not offer: expressions, and triggers of tables whose rows stay as they were written."""

from datetime import date

import pgtrigger
from django.db import models
from django.db.models.expressions import RawSQL


class IsAnyOf(models.Func):
    """`value = ANY(array)`. Unlike IN with a subquery, it can use an index within an OR."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


STOOD_IN = """
    ARRAY(
        SELECT stood_in.id
        FROM agencies_membership AS stood_in
        JOIN agencies_user AS absent ON absent.id = stood_in.user_id AND absent.is_active
        JOIN agencies_deputyship AS deputyship
          ON deputyship.absent_id = stood_in.user_id AND deputyship.agency_id = stood_in.agency_id
        WHERE deputyship.deputy_id = %s AND deputyship.ended_at IS NULL
          AND deputyship.active_from <= %s AND deputyship.active_to > %s
          AND stood_in.active_from <= %s AND (stood_in.active_to IS NULL OR stood_in.active_to > %s)
    )
"""


def stood_in_by(deputy: int, on: date) -> RawSQL:
    """Ids of active memberships of absent people for whom `deputy` acts in the same agency on that day.

    Raw SQL because every permission check includes it, and composing it with the ORM dominated their cost.
    """
    return RawSQL(STOOD_IN, [deputy, on, on, on, on])


NEVER_TRUNCATED = pgtrigger.Trigger(
    name="never_truncated",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
)
"""Row triggers don't fire for TRUNCATE."""

NEVER_DELETED = pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)


def append_only(*, changing: tuple[str, ...] = ()) -> list[pgtrigger.Trigger]:
    """Triggers that refuse TRUNCATE, DELETE, and every UPDATE except of the fields `changing`."""
    kept = pgtrigger.ReadOnly(name="never_changed", exclude=list(changing))
    return [NEVER_DELETED, kept, NEVER_TRUNCATED]
