"""Cells of an import that say what the directory has already: statements for the judge.

What a cell looks like is no reason to refuse it, or to doubt it, if nothing would change by it. In the statements MINE
stands for the rows of the import.
"""

from collections.abc import Iterator

CODES = ("code", "parent_ref", "successor_ref")
STORED = ("name", "email", "kep_address", "phone", "template")
DOUBTS = ("rare_signs", "lone_mark", "cut_off")

_STORED_VALUE = " ".join(f"WHEN '{field}' THEN a.{field}" for field in STORED)
_IS_SAME = (
    "COALESCE(problem ->> 'value' = CASE COALESCE(problem ->> 'last', problem ->> 'column')"
    f" {_STORED_VALUE} END AND problem ->> 'reason' <> 'merged', false)"
)


def accept_codes() -> Iterator[str]:
    """Before rows are matched: a code that reads like a word for nothing, and that an agency has."""
    for field in CODES:
        refused = f"""jsonb_path_query_array(r.problems, '$[*] ? (@.column != "{field}")')"""
        yield f"""
            UPDATE agencies_importrow r SET {field} = a.code, problems = {refused}
            FROM agencies_agency a
            WHERE MINE AND r.problems <> '[]' AND a.code = jsonb_path_query_first(r.problems,
                '$[*] ? (@.column == "{field}" && @.reason == "empty_word").value') #>> '{{}}'"""


def accept_texts() -> Iterator[str]:
    """After rows are matched: texts that the agency has already are neither refused nor doubted."""
    said = f"""
        SELECT r.id, array_agg(problem ->> 'column') FILTER (WHERE is_same) AS fields,
               COALESCE(jsonb_agg(problem ORDER BY place) FILTER (WHERE NOT is_same), '[]') AS others
        FROM agencies_importrow r JOIN agencies_agency a ON a.id = r.agency_id
        CROSS JOIN LATERAL jsonb_array_elements(r.{{0}}) WITH ORDINALITY AS each (problem, place)
        CROSS JOIN LATERAL (SELECT {_IS_SAME}{{1}} AS is_same) AS compared
        WHERE MINE AND r.{{0}} <> '[]' GROUP BY r.id HAVING bool_or(is_same)"""
    kept = ", ".join(
        f"{field} = CASE WHEN '{field}' = ANY(said.fields) THEN a.{field} ELSE r.{field} END"
        for field in STORED
    )
    yield f"""
        UPDATE agencies_importrow r SET problems = said.others, {kept}
        FROM ({said.format("problems", "")}) said, agencies_agency a
        WHERE r.id = said.id AND a.id = r.agency_id"""
    doubted = ", ".join(f"'{reason}'" for reason in DOUBTS)
    yield f"""
        UPDATE agencies_importrow r SET warnings = said.others
        FROM ({said.format("warnings", f" AND problem ->> 'reason' IN ({doubted})")}) said WHERE r.id = said.id"""
