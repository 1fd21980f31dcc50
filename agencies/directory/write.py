"""Write the judged rows into the directory in batches, one transaction each."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.utils import timezone

from agencies.directory.columns import COLUMNS
from agencies.directory.judge import REFERENCES, Judge
from agencies.models import Agency
from agencies.models.maintenance import DirectoryImport, Outcome
from agencies.turkish import dative, match_key, search_key, sort_key

WRITTEN = (Outcome.ADDED, Outcome.CHANGED, Outcome.CLOSED)
GOOD = ", ".join(f"'{outcome.value}'" for outcome in WRITTEN)
PLAIN = [column.field for column in COLUMNS if column.field not in REFERENCES]
NEW = {"channels": "'{}'", "addresses": "'{}'", "undeliverable": "'{}'", "digests_letters": "false"}
"""Initial values of a new agency's columns that a file does not hold; existing agencies keep theirs."""

KEYS = ("search_key", "match_key", "dative_key", "sort_key")
THERE = "CASE WHEN EXISTS (SELECT 1 FROM agencies_agency o WHERE o.id = e.new_{0}) THEN e.new_{0} END"


def next_batch(directory_import: DirectoryImport, size: int) -> list[int]:
    """Row numbers of the next batch."""
    lines = directory_import.lines.filter(outcome__in=WRITTEN, number__gt=directory_import.written_through)
    return list(lines.order_by("number").values_list("number", flat=True)[:size])


def write_batch(directory_import: DirectoryImport, first: int, last: int, *, at: datetime) -> None:
    """Write the rows numbered `first` to `last` and log their changes. `link_rows` sets parents not yet written."""
    effective = (
        f"SELECT * FROM ({Judge(directory_import).effective()}) every"
        f" WHERE outcome IN ({GOOD}) AND number BETWEEN {first} AND {last}"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT agency_id, new_name FROM ({effective}) e WHERE new_name IS DISTINCT FROM old_name"
        )
        keys = _keys(cursor.fetchall())
        cursor.execute(
            f"""
            INSERT INTO agencies_agencyname (agency_id, name, until, recorded_by_id, recorded_at, match_key, dative_key)
            SELECT a.id, a.name, %s, %s, %s, a.match_key, a.dative_key
            FROM ({effective}) e JOIN agencies_agency a ON a.id = e.known WHERE a.name <> e.new_name
            """,
            [timezone.localdate(at), directory_import.confirmed_by_id, at],
        )
        cursor.execute(
            f"""
            INSERT INTO agencies_directorychange (agency_id, kind, at, by_id, data)
            SELECT agency_id, CASE outcome WHEN 'added' THEN 'added' WHEN 'closed' THEN 'closed' ELSE 'imported' END,
                   %s, %s, jsonb_build_object('file', %s::text, 'row', number, 'changes', changes)
            FROM ({effective}) e
            """,
            [at, directory_import.confirmed_by_id, directory_import.file_name],
        )
        columns = [*PLAIN, *KEYS, "parent_id", "successor_id", "path"]
        values = [
            *(f"e.new_{field}" for field in PLAIN),
            *(f"COALESCE(k.{key}, a.{key})" for key in KEYS),
            *(f"COALESCE({THERE.format(field)}, e.old_{field})" for field in ("parent_id", "successor_id")),
            "COALESCE(a.path, ARRAY[e.agency_id])",
        ]
        cursor.execute(
            f"""
            INSERT INTO agencies_agency (id, {", ".join([*columns, *NEW])})
            SELECT e.agency_id, {", ".join([*values, *NEW.values()])}
            FROM ({effective}) e
            LEFT JOIN agencies_agency a ON a.id = e.known
            LEFT JOIN unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
                 AS k (id, {", ".join(KEYS)}) ON k.id = e.agency_id
            ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in columns)}
            """,
            keys,
        )


def link_rows(directory_import: DirectoryImport) -> None:
    """Set parents and successors that were not yet written with their row, and rebuild the tree's paths."""
    with connection.cursor() as cursor:
        cursor.execute(f"""
            UPDATE agencies_agency agency SET parent_id = e.new_parent_id, successor_id = e.new_successor_id
            FROM ({Judge(directory_import).effective()}) e
            WHERE e.outcome IN ({GOOD}) AND agency.id = e.agency_id
              AND (agency.parent_id IS DISTINCT FROM e.new_parent_id
                   OR agency.successor_id IS DISTINCT FROM e.new_successor_id)
        """)
    Agency.objects.rebuild_paths()


def _keys(named: Sequence[tuple[int, str]]) -> list[list[int] | list[str]]:
    """Ids and derived columns of these names, as parallel lists."""
    names = [name for _id, name in named]
    return [
        [agency_id for agency_id, _name in named],
        [search_key(name) for name in names],
        [match_key(name) for name in names],
        [match_key(dative(name)) for name in names],
        [sort_key(name) for name in names],
    ]
