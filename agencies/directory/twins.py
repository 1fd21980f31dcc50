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
    in_mac_capitals = (
        "position('Ü' IN r.name) > 0 AND own.match_key <> r.name_key"
        " AND translate(own.match_key, 'ü', 'i') = translate(r.name_key, 'ü', 'i')"
    )
    yield Note(
        "problems",
        "name",
        "letters_lost",
        "other",
        f"SELECT r.id, own.name AS value FROM agencies_importrow r JOIN agencies_agency own ON own.id = r.agency_id"
        f" WHERE MINE AND (({without_marks}) OR ({in_western_letters}) OR ({in_mac_capitals}))",
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


def cut_names() -> Iterator[Note]:
    """Names that are only the beginning of the present one: a separator inside it has shifted the rest."""
    rest = "btrim(substr(own.name, length(r.name) + 1), ' ,;-')"
    cut = (
        "FROM agencies_importrow r JOIN agencies_agency own ON own.id = r.agency_id"
        " WHERE MINE AND r.name_key <> '' AND starts_with(own.match_key, r.name_key || ' ')"
    )
    shifted = (
        f"EXISTS (SELECT 1 FROM jsonb_array_elements_text(r.cells) cell WHERE lower(cell) = lower({rest}))"
    )
    yield Note(
        "problems", "name", "name_split", "other", f"SELECT r.id, own.name AS value {cut} AND {shifted}"
    )
    yield Note(
        "warnings", "name", "name_cut", "other", f"SELECT r.id, own.name AS value {cut} AND r.problems = '[]'"
    )


def moved_values(import_id: int) -> Iterator[Note]:
    """Values that belong to another agency, wherever it is: the rows, or one column, seem to have shifted.

    A name is one that no third agency has, or whose agency gets another one by this file. Several units may share
    an address, so one counts only if its agency gets another one by this file.
    """
    joined = (
        f"SELECT r.id, COALESCE(a.code, '{IDENTITY}' || a.id) AS value FROM agencies_importrow r"
        " JOIN agencies_agency own ON own.id = r.agency_id JOIN agencies_agency a ON a.id <> own.id AND"
    )
    gets_another = (
        f"EXISTS (SELECT 1 FROM agencies_importrow o WHERE o.directory_import_id = {import_id}"
        " AND o.agency_id = a.id AND {0})"
    )
    alone = "NOT EXISTS (SELECT 1 FROM agencies_agency b WHERE b.match_key = a.match_key AND b.id <> a.id)"
    renamed = gets_another.format("o.name_key <> '' AND o.name_key <> a.match_key")
    yield Note(
        "warnings",
        "name",
        "name_moved",
        "other",
        f"{joined} a.match_key = r.name_key WHERE MINE AND r.name_key <> '' AND own.match_key <> r.name_key"
        f""" AND NOT r.warnings @> '[{{"reason": "twin_name"}}]' AND ({renamed} OR {alone})""",
    )
    for column, reason in (("email", "email_moved"), ("kep_address", "kep_moved")):
        another = gets_another.format(f"o.{column} <> a.{column}")
        yield Note(
            "warnings",
            column,
            reason,
            "other",
            f"{joined} a.{column} = r.{column} WHERE MINE AND r.{column} <> '' AND own.{column} <> r.{column}"
            f" AND {another}",
        )
