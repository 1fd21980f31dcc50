"""Dry run of an import: the outcome of every row, computed in the database for the whole file at once.

1. match rows with agencies by code, else by DETSİS number; reserve an id for each new agency
2. record conflicts of a row with other rows and with the directory, and names that it has already
3. repeat until nothing more is found: rows that depend on a bad row, parent cycles, successors closed too early
4. record the changes and the outcome
"""

from collections.abc import Iterable

from django.db import connection, transaction

from agencies.directory.columns import BY_FIELD, COLUMNS
from agencies.directory.reasons import MISSING_CELL
from agencies.directory.twins import Note, cut_names, moved_values, near_reference, same_codes, same_names
from agencies.directory.unaltered import accept_codes, accept_texts
from agencies.models.maintenance import DirectoryImport, Outcome

DEFAULTS = {
    "name": "''",
    "kind": "'other'",
    "protocol_order": "9000",
    "addressable": "true",
    "kep_address": "''",
    "email": "''",
    "phone": "''",
    "template": "''",
}
REFERENCES = {"parent_ref": "parent_id", "successor_ref": "successor_id"}
PASSES = (
    "(known IS NULL OR new_active_to IS DISTINCT FROM old_active_to"
    " OR new_successor_id IS DISTINCT FROM old_successor_id)"
)
"""SQL: the row changes the agency's closing day or its successor."""
RESERVED = "nextval(pg_get_serial_sequence('agencies_agency', 'id'))"


class Judge:
    """Judges the rows of one import. Every statement covers all of its rows."""

    def __init__(self, directory_import: DirectoryImport) -> None:
        self.id = directory_import.pk
        self.columns = set(directory_import.columns)
        self.blanks_erase = directory_import.blanks_erase

    @transaction.atomic
    def judge(self) -> str:
        """Judge every row from scratch and count outcomes; returns a digest of the result."""
        self._match()
        self._note_problems()
        while (
            self._mark_dependents_of_bad_rows() + self._mark_parent_cycles() + self._mark_closed_successors()
        ):
            pass
        self._note_outcomes()
        self._analyze()
        return self._digest()

    def effective(self) -> str:
        """SQL: each row's resulting values (`new_…`) beside the directory's current ones (`old_…`)."""
        fields = []
        for column in COLUMNS:
            field = REFERENCES.get(column.field, column.field)
            fields.append(f"{self._new(column.field)} AS new_{field}, a.{field} AS old_{field}")
        return f"""
            SELECT r.id AS row_id, r.number, r.outcome, r.changes, r.problems, r.agency_id, a.id AS known,
                   r.parent_ref, r.successor_ref, {", ".join(fields)}
            FROM agencies_importrow r LEFT JOIN agencies_agency a ON a.id = r.agency_id
            WHERE r.directory_import_id = {self.id}
        """

    def _new(self, field: str) -> str:
        stored = REFERENCES.get(field, field)
        default = DEFAULTS.get(field)
        known = f"COALESCE(a.{stored}, {default})" if default else f"a.{stored}"
        if field not in self.columns:
            return known
        if field == "code":
            return "CASE WHEN starts_with(r.code, 'id:') THEN a.code ELSE COALESCE(r.code, a.code) END"
        if not self.blanks_erase or BY_FIELD[field].keeps_when_empty:
            return f"COALESCE(r.{stored}, {known})"
        erased = f"COALESCE(r.{stored}, {default})" if default else f"r.{stored}"
        lacking = f'[{{"column": "{field}", "reason": "{MISSING_CELL}"}}]'
        return f"CASE WHEN r.row_warnings @> '{lacking}' THEN {known} ELSE {erased} END"

    def _analyze(self) -> None:
        """Run ANALYZE: plans based on statistics of the still empty columns take minutes."""
        self._run("ANALYZE agencies_importrow")

    def _match(self) -> None:
        self._run(
            "UPDATE agencies_importrow r SET agency_id = NULL, parent_id = NULL, successor_id = NULL,"
            " problems = row_problems, warnings = row_warnings, changes = '{}', outcome = '' WHERE MINE"
        )
        self._analyze()
        for statement in accept_codes():
            self._run(statement)
        self._resolve("code", "agency_id")
        self._run("""
            UPDATE agencies_importrow r SET agency_id = a.id FROM agencies_agency a
            WHERE MINE AND r.agency_id IS NULL AND r.detsis_no = a.detsis_no
              AND (r.code IS NULL OR a.code IS NULL) AND (r.code IS NULL OR NOT starts_with(r.code, 'id:'))
        """)
        for statement in accept_texts():
            self._run(statement)

    def _resolve(self, reference: str, field: str) -> None:
        """Set the id of the existing agency that the reference names."""
        self._run(f"""
            UPDATE agencies_importrow r SET {field} = a.id FROM agencies_agency a
            WHERE MINE AND a.code = r.{reference}
        """)
        self._run(f"""
            UPDATE agencies_importrow r SET {field} = a.id FROM agencies_agency a
            WHERE MINE AND a.id = CASE
                WHEN r.{reference} ~ '^id:[0-9]{{1,18}}$' THEN substr(r.{reference}, 4)::bigint END
        """)

    def _note_problems(self) -> None:
        self._problem("code", "unknown_identity", "r.agency_id IS NULL AND starts_with(r.code, 'id:')")
        self._problem(
            "code",
            "no_identity",
            "r.code IS NULL AND r.detsis_no IS NULL"
            """ AND NOT r.problems @> '[{"column": "code"}]' AND NOT r.problems @> '[{"column": "detsis_no"}]'""",
        )
        for field, reason in (("code", "code_twice"), ("detsis_no", "detsis_twice")):
            self._problem(field, reason, self._repeated(field))
        self._problem(
            "detsis_no",
            "same_agency",
            f'{self._repeated("agency_id")} AND NOT r.problems @> \'[{{"reason": "code_twice"}}]\''
            ' AND NOT r.problems @> \'[{"reason": "detsis_twice"}]\'',
        )
        self._problem(
            "detsis_no",
            "detsis_taken",
            "EXISTS (SELECT 1 FROM agencies_agency a WHERE a.detsis_no = r.detsis_no"
            " AND a.id IS DISTINCT FROM r.agency_id)",
        )
        self._note_all(same_codes(self.id))
        for field in ("name", "kind"):
            self._problem(
                field,
                f"{field}_missing",
                f"r.agency_id IS NULL AND r.{field} IS NULL"
                f""" AND NOT r.problems @> '[{{"column": "{field}"}}]'""",
            )
        self._run(
            f"UPDATE agencies_importrow r SET agency_id = {RESERVED} WHERE MINE AND r.agency_id IS NULL"
        )
        self._analyze()
        for reference, field in REFERENCES.items():
            self._resolve(reference, field)
            self._run(f"""
                UPDATE agencies_importrow r SET {field} = other.agency_id FROM agencies_importrow other
                WHERE MINE AND r.{field} IS NULL AND other.directory_import_id = {self.id}
                  AND other.code = r.{reference} AND r.{reference} IS NOT NULL
            """)
            self._note_all([near_reference(reference, field)])
            self._problem(
                reference,
                field.removesuffix("_id"),
                f"r.{reference} IS NOT NULL AND r.{field} IS NULL"
                f""" AND NOT r.problems @> '[{{"column": "{reference}"}}]'""",
            )
        self._analyze()
        self._note_all(same_names(self.id))
        self._note_all(cut_names())
        self._note_all(moved_values(self.id))
        self._problem("parent_ref", "own_parent", "r.parent_id = r.agency_id")
        self._note_periods()

    def _note_periods(self) -> None:
        self._problem("active_to", "period", self._among("new_active_to <= new_active_from"))
        self._problem(
            "successor_ref",
            "successor_open",
            self._among(f"new_successor_id IS NOT NULL AND new_active_to IS NULL AND {PASSES}"),
        )

    def _mark_dependents_of_bad_rows(self) -> int:
        """Mark rows whose parent or successor would be added by a bad row; returns how many."""
        found = 0
        for reference, field in REFERENCES.items():
            found += self._problem(
                reference,
                f"{field.removesuffix('_id')}_bad",
                f"""r.problems = '[]' AND r.{field} IN (
                    SELECT other.agency_id FROM agencies_importrow other
                    WHERE other.directory_import_id = {self.id} AND other.problems <> '[]'
                      AND NOT EXISTS (SELECT 1 FROM agencies_agency a WHERE a.id = other.agency_id))""",
            )
        return found

    def _mark_parent_cycles(self) -> int:
        """Mark good rows in a parent cycle of the tree with every good row written; returns how many."""
        if "parent_ref" not in self.columns:
            return 0
        self._run("DROP TABLE IF EXISTS import_tree")
        self._run(f"""
            CREATE TEMPORARY TABLE import_tree ON COMMIT DROP AS
            WITH good AS MATERIALIZED (
                SELECT agency_id, new_parent_id AS parent_id FROM ({self.effective()}) e WHERE problems = '[]'
            )
            SELECT COALESCE(good.agency_id, a.id) AS id,
                   CASE WHEN good.agency_id IS NULL THEN a.parent_id ELSE good.parent_id END AS above
            FROM agencies_agency a FULL JOIN good ON good.agency_id = a.id
        """)
        self._run("CREATE INDEX ON import_tree (above)")
        self._run("CREATE INDEX ON import_tree (id)")
        self._run("ANALYZE import_tree")
        return self._problem(
            "parent_ref",
            "parent_cycle",
            """r.problems = '[]' AND r.agency_id IN (
                WITH RECURSIVE reached AS (
                    SELECT id FROM import_tree WHERE above IS NULL
                    UNION ALL
                    SELECT tree.id FROM import_tree tree JOIN reached ON tree.above = reached.id
                ), upwards AS (
                    SELECT tree.id AS start, tree.above FROM import_tree tree
                    LEFT JOIN reached ON reached.id = tree.id WHERE reached.id IS NULL
                    UNION
                    SELECT start, tree.above FROM upwards JOIN import_tree tree ON tree.id = upwards.above
                )
                SELECT start FROM upwards WHERE start = above)""",
        )

    def _mark_closed_successors(self) -> int:
        """Mark good rows whose successor is closed by then, or that close a successor too early; returns how many.

        Successors are those of the directory with every good row written. In a cycle of successors at least one is
        always closed by then.
        """
        if not {"active_to", "successor_ref"} & self.columns:
            return 0
        late = self._clash(
            "successor_ref",
            ("successor_closed", "successor_closed_by_row"),
            f"""
            SELECT good.row_id, CASE WHEN other.closes THEN other.number END AS other_row
            FROM good JOIN directory other ON other.id = good.new_successor_id
            WHERE {PASSES} AND other.active_to <= good.new_active_to""",
        )
        return late + self._clash(
            "active_to",
            ("passes_here_later", "passes_here_later_by_row"),
            """
            SELECT DISTINCT ON (good.row_id) good.row_id, other.number AS other_row
            FROM good JOIN directory other ON other.successor_id = good.agency_id
            WHERE good.new_active_to IS DISTINCT FROM good.old_active_to AND other.active_to > good.new_active_to
            ORDER BY good.row_id, other.number""",
        )

    def _clash(self, column: str, reasons: tuple[str, str], found: str) -> int:
        """Add the problem to each row found; the second reason is for a conflict with another row of the file."""
        alone, with_row = reasons
        return self._run(f"""
            WITH good AS MATERIALIZED (SELECT * FROM ({self.effective()}) e WHERE problems = '[]'),
            directory AS (
                SELECT COALESCE(good.agency_id, a.id) AS id, good.number,
                       CASE WHEN good.row_id IS NULL THEN a.active_to ELSE good.new_active_to END AS active_to,
                       CASE WHEN good.row_id IS NULL THEN a.successor_id ELSE good.new_successor_id END
                           AS successor_id,
                       good.new_active_to IS DISTINCT FROM good.old_active_to AS closes
                FROM agencies_agency a FULL JOIN good ON good.agency_id = a.id
            ),
            found AS ({found})
            UPDATE agencies_importrow r SET problems = r.problems || jsonb_build_array(jsonb_build_object(
                'column', '{column}', 'value', COALESCE(r.{column}::text, ''), 'row', found.other_row,
                'reason', CASE WHEN found.other_row IS NULL THEN '{alone}' ELSE '{with_row}' END))
            FROM found WHERE MINE AND r.id = found.row_id
        """)

    def _note_outcomes(self) -> None:
        compared = []
        for column in COLUMNS:
            field = REFERENCES.get(column.field, column.field)
            old, new = f"e.old_{field}::text", f"e.new_{field}::text"
            if field != column.field:
                named = f"(SELECT COALESCE(o.code, 'id:' || o.id) FROM agencies_agency o WHERE o.id = e.old_{field})"
                same = f"e.old_{field} IS NOT DISTINCT FROM e.new_{field}"
                old, new = named, f"CASE WHEN {same} THEN {named} ELSE e.{column.field} END"
            compared.append(f"('{column.field}', {old}, {new})")
        self._run(f"""
            UPDATE agencies_importrow r SET changes = different.found
            FROM (
                SELECT e.row_id, (
                    SELECT COALESCE(jsonb_object_agg(field, jsonb_build_array(old, new)), '{{}}')
                    FROM (VALUES {", ".join(compared)}) AS each (field, old, new) WHERE old IS DISTINCT FROM new
                ) AS found
                FROM ({self.effective()}) e WHERE e.known IS NOT NULL
            ) different
            WHERE r.id = different.row_id
        """)
        self._run(f"""
            UPDATE agencies_importrow r SET outcome = CASE
                WHEN r.problems <> '[]' THEN '{Outcome.BAD.value}'
                WHEN NOT EXISTS (SELECT 1 FROM agencies_agency a WHERE a.id = r.agency_id)
                    THEN '{Outcome.ADDED.value}'
                WHEN r.changes = '{{}}' THEN '{Outcome.UNCHANGED.value}'
                WHEN r.changes -> 'active_to' ->> 0 IS NULL AND r.changes -> 'active_to' ->> 1 IS NOT NULL
                    THEN '{Outcome.CLOSED.value}'
                ELSE '{Outcome.CHANGED.value}' END
            WHERE MINE
        """)

    def _digest(self) -> str:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT md5(COALESCE(string_agg(md5(number || outcome || changes::text), '' ORDER BY number), ''))"
                " FROM agencies_importrow WHERE directory_import_id = %s",
                [self.id],
            )
            return str(cursor.fetchone()[0])

    def _repeated(self, field: str) -> str:
        return (
            f"r.{field} IN (SELECT {field} FROM agencies_importrow"
            f" WHERE directory_import_id = {self.id} GROUP BY {field} HAVING count(*) > 1)"
        )

    def _among(self, condition: str) -> str:
        return f"r.id IN (SELECT row_id FROM ({self.effective()}) e WHERE {condition})"

    def _note_all(self, notes: Iterable[Note]) -> None:
        """Add each problem or warning, one after the other, to the rows found; to each row once."""
        for note in notes:
            self._run(f"""
                UPDATE agencies_importrow r SET {note.kind} = r.{note.kind} || jsonb_build_array(jsonb_build_object(
                    'column', '{note.column}', 'reason', '{note.reason}',
                    'value', COALESCE(r.{note.column}::text, ''), '{note.named}', found.value))
                FROM (SELECT DISTINCT ON (id) id, value FROM ({note.found}) every ORDER BY id, value) found
                WHERE MINE AND r.id = found.id
            """)

    def _problem(self, column: str, reason: str, condition: str) -> int:
        """Add a problem to every row of the import that meets the condition; returns how many do."""
        return self._run(f"""
            UPDATE agencies_importrow r SET problems = r.problems || jsonb_build_array(jsonb_build_object(
                'column', '{column}', 'reason', '{reason}', 'value', COALESCE(r.{column}::text, '')))
            WHERE MINE AND {condition}
        """)

    def _run(self, statement: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement.replace("MINE", f"r.directory_import_id = {self.id}"))
            return int(cursor.rowcount)
