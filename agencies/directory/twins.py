"""Rows of an import that mean, or seem to mean, an agency that is there already: statements for the judge.

In them MINE stands for the rows of the import, as in every statement of the judge.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from agencies.directory.columns import IDENTITY

FOLDED = "regexp_replace(lower(replace({0}, '_', '-')), '^0+(?=[0-9])', '')"
"""SQL: a code without the differences that a person or a table program overlooks."""

FOLDED_ASCII = "btrim(regexp_replace(lower(replace({0}, chr(39), '') COLLATE \"C\"), '[^a-z0-9]+', ' ', 'g'))"
"""SQL: what `search_key` gives for a name in ASCII."""

WESTERN = "'ðÐþÞýÝđĐţŢ', 'ğĞşŞıİğĞşŞ'"
"""SQL: letters of Windows-1252 and 1250, and what Windows-1254 has in their places."""

ONLY_ASCII = "{0} ~ '^[ -~]+$'"


@dataclass(frozen=True)
class Note:
    """A problem or warning for the rows that `found` selects as (id, value); its message has the value as `named`."""

    kind: str
    column: str
    reason: str
    named: str
    found: str


def same_codes(import_id: int) -> Iterator[Note]:
    """New agencies whose code is, or nearly is, that of another one; or that agency's DETSİS number.

    Codes are texts: with other zeros in front, one is that of another agency unless both have the same name.
    """
    new = "r.agency_id IS NULL AND r.code IS NOT NULL"
    folded = f"{FOLDED.format('other.code')} = {FOLDED.format('r.code')} AND other.code <> r.code"
    only_zeros = "ltrim(other.code, '0') = ltrim(r.code, '0')"
    same = f"{folded} AND NOT ({only_zeros} AND other.{{0}} <> r.name_key)"
    yield Note(
        "problems",
        "code",
        "code_twin",
        "other",
        f"SELECT r.id, other.code AS value FROM agencies_importrow r"
        f" JOIN agencies_agency other ON {same.format('match_key')} WHERE MINE AND {new}",
    )
    yield Note(
        "problems",
        "code",
        "code_twin_in_file",
        "other",
        f"SELECT r.id, other.code AS value FROM agencies_importrow r"
        f" JOIN agencies_importrow other ON {same.format('name_key')}"
        f" AND other.directory_import_id = {import_id} WHERE MINE AND {new}"
        """ AND NOT r.problems @> '[{"reason": "code_twin"}]'""",
    )
    for others, name, reason in (
        ("agencies_agency other ON TRUE", "match_key", "code_zeros"),
        (
            f"agencies_importrow other ON other.directory_import_id = {import_id}",
            "name_key",
            "code_zeros_in_file",
        ),
    ):
        yield Note(
            "warnings",
            "code",
            reason,
            "other",
            f"SELECT r.id, other.code AS value FROM agencies_importrow r JOIN {others}"
            f" AND {folded} AND {only_zeros} AND other.{name} <> r.name_key WHERE MINE AND {new}",
        )
    yield Note(
        "problems",
        "code",
        "code_detsis",
        "other",
        f"SELECT r.id, other.name AS value FROM agencies_importrow r"
        f" JOIN agencies_agency other ON other.detsis_no = r.code WHERE MINE AND {new}",
    )


def near_reference(reference: str, field: str) -> Note:
    """References that name no agency, but nearly one."""
    return Note(
        "problems",
        reference,
        f"{field.removesuffix('_id')}_near",
        "other",
        f"SELECT r.id, other.code AS value FROM agencies_importrow r JOIN agencies_agency other"
        f" ON {FOLDED.format('other.code')} = {FOLDED.format(f'r.{reference}')} WHERE MINE AND r.{field} IS NULL",
    )


def same_names(import_id: int) -> Iterator[Note]:
    """Names that another agency at the same place has, or that have lost their Turkish letters."""
    new = "NOT EXISTS (SELECT 1 FROM agencies_agency a WHERE a.id = r.agency_id)"
    without_marks = (
        f"{ONLY_ASCII.format('r.name')} AND NOT {ONLY_ASCII.format('own.name')}"
        f" AND own.search_key = {FOLDED_ASCII.format('r.name')}"
    )
    in_western_letters = f"own.name <> r.name AND own.name = translate(r.name, {WESTERN})"
    yield Note(
        "problems",
        "name",
        "letters_lost",
        "other",
        f"SELECT r.id, own.name AS value FROM agencies_importrow r JOIN agencies_agency own ON own.id = r.agency_id"
        f" WHERE MINE AND (({without_marks}) OR ({in_western_letters}))",
    )
    yield Note(
        "warnings",
        "name",
        "twin_name",
        "other",
        f"""
        SELECT r.id, twin.value FROM agencies_importrow r
        LEFT JOIN agencies_agency own ON own.id = r.agency_id
        CROSS JOIN LATERAL (
            SELECT COALESCE(a.code, '{IDENTITY}' || a.id) AS value FROM agencies_agency a
            WHERE a.match_key = r.name_key AND a.id <> r.agency_id
              AND (COALESCE(r.parent_id, own.parent_id) IS NULL AND own.id IS NULL
                   OR a.parent_id IS NOT DISTINCT FROM COALESCE(r.parent_id, own.parent_id))
              AND (COALESCE(r.province_id, own.province_id) IS NULL
                   OR a.province_id = COALESCE(r.province_id, own.province_id)) LIMIT 1
        ) twin
        WHERE MINE AND r.name_key <> '' AND (own.id IS NULL OR own.match_key <> r.name_key)""",
    )
    yield Note(
        "warnings",
        "name",
        "twin_name_in_file",
        "row",
        f"""
        SELECT id, first AS value FROM (
            SELECT r.id, r.number, min(r.number) OVER (PARTITION BY name_key, parent_id, province_id) AS first
            FROM agencies_importrow r WHERE MINE AND r.name_key <> '' AND {new}
        ) each WHERE number > first""",
    )
