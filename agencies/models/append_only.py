"""Database triggers of tables whose rows stay as they were written."""

import pgtrigger

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
