"""Every file of the shared cases gives what their README says; they are read when they lie beside the project."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agencies.models import Agency
from agencies.models.maintenance import DirectoryImport, ImportState
from tests.agencies.importing import checked, reasons
from tests.conftest import ROOT

CASES = ROOT.parent / "shared" / "samples" / "cases" / "directory"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not CASES.is_dir(), reason="the shared samples are not beside the project"),
]

READ = {
    "cp1254.csv": {"email": "valilik-01@ornek.example"},
    "sep.csv": {"email": "valilik-01@ornek.example"},
    "title_rows.xlsx": {"email": "valilik-01@ornek.example"},
    "blank_rows.xlsx": {"email": "valilik-01@ornek.example"},
    "heading_caps.csv": {"email": "valilik-01@ornek.example"},
    "utf16.csv": {},
    "comma_heading.csv": {},
    "second_sheet.xlsx": {},
    "empty_lines_sep.csv": {},
    "rtl_name.csv": {},
    "quotes_newline.csv": {"phone": "0 312 555 00 00; dahili 5"},
    "email1.csv": {"email": "a@x.example"},
    "email2.csv": {"email": "a@x.example"},
    "email3.csv": {"email": "a@x.example"},
    "email4.csv": {"email": "a@x.example"},
    "email5.csv": {"email": "a@x.example"},
    "email6.csv": {"email": "bilgi@x.example"},
    "email7.csv": {"email": "bilgi@x.example"},
    "email8.csv": {"email": "a@x.example"},
    "email9.csv": {"email": "bilgi@içişleri.example"},
    "serial_date.xlsx": {"email": "valilik-01@ornek.example", "active_from": "2026-01-01"},
}
"""What changes of Adana Valiliği, all other rows being good as well."""

REFUSED_FILES = {
    "mixed.csv": "4",
    "macturkish.csv": "2",
    "html_as.xls": "xlsx",
    "old_biff.xls": "xlsx",
    "strict.xlsx": "xlsx",
}
"""What the reason names: the row, or the form in which to save the file."""

REFUSED_CELLS = {
    "formula_nocache.xlsx": {2: [("email", "formula_no_value")]},
    "numbers.xlsx": {3: [("name", "error_value"), ("active_from", "day_two_readings")]},
    "email0.csv": {2: [("", "surplus")]},
    "phone_forms.csv": {3: [("phone", "scientific")]},
    "twin_code.csv": {2: [("code", "code_twin")], 3: [("code", "code_twin")]},
    "code_trailing.csv": {2: [("parent_ref", "parent_near")]},
    "us_date.csv": {2: [("active_to", "day_two_readings")]},
    "closed_past_half.csv": {2: [("active_to", "day")], 3: [("active_to", "day")]},
    "two_digit_year.csv": {},
    "bool_tr.csv": {},
    "nfd.csv": {},
}


@pytest.fixture
def case(directory: Callable[[str], Agency]) -> Callable[[str], DirectoryImport]:
    """Check a file of the cases against the shipped directory."""
    adana = directory("valilik-01")
    Agency.objects.filter(pk=adana.pk).update(
        email="eski@ornek.example", phone="0322", kep_address="a@b.kep.tr"
    )
    return lambda name: checked((CASES / name).read_bytes(), name)


def changes(found: DirectoryImport) -> dict[str, dict[str, str]]:
    """The new values by the agency's code."""
    return {
        row.code or "": {field: new for field, (_old, new) in row.changes.items()}
        for row in found.lines.exclude(outcome="unchanged").exclude(outcome="bad")
    }


def warned(found: DirectoryImport) -> dict[int, list[str]]:
    return {row.number: [each["reason"] for each in row.warnings] for row in found.lines.exclude(warnings=[])}


@pytest.mark.parametrize(("name", "new"), READ.items())
def test_it_is_read(case: Callable[[str], DirectoryImport], name: str, new: dict[str, str]) -> None:
    found = case(name)
    assert (found.state, found.error) == (ImportState.CHECKED, "")
    assert (found.rows, found.bad) == (1, 0), reasons(found)
    assert changes(found) == ({"valilik-01": new} if new else {})


@pytest.mark.parametrize(("name", "named"), REFUSED_FILES.items())
def test_the_whole_file_is_refused_with_the_row_or_the_remedy(
    case: Callable[[str], DirectoryImport], name: str, named: str
) -> None:
    found = case(name)
    assert found.state == ImportState.FAILED
    assert named in found.error
    assert not found.lines.exists()


@pytest.mark.parametrize(("name", "wrong"), REFUSED_CELLS.items())
def test_these_cells_are_refused_and_no_others(
    case: Callable[[str], DirectoryImport], name: str, wrong: dict[int, list[tuple[str, str]]]
) -> None:
    found = case(name)
    assert found.state == ImportState.CHECKED
    assert reasons(found) == wrong
    assert found.added == 0


def test_what_is_a_day_is_read_and_said(case: Callable[[str], DirectoryImport]) -> None:
    found = case("two_digit_year.csv")
    assert changes(found) == {
        "valilik-01": {"active_to": "2026-12-31"},
        "ministry-adalet": {"active_to": "2026-12-31"},
    }
    assert warned(found) == {2: ["day_read"], 3: ["day_read"]}
    assert changes(case("us_date.csv")) == {"ministry-adalet": {"active_to": "2027-02-01"}}


def test_words_for_yes_and_no_are_read(case: Callable[[str], DirectoryImport]) -> None:
    assert changes(case("bool_tr.csv")) == {"ministry-adalet": {"addressable": "false"}}


def test_decomposed_names_change_nothing(case: Callable[[str], DirectoryImport]) -> None:
    found = case("nfd.csv")
    assert (found.unchanged, found.good) == (2, 0)


def test_a_decomposed_heading_is_known(case: Callable[[str], DirectoryImport]) -> None:
    found = case("nfd_heading.csv")
    assert (found.added, found.bad, found.ignored_columns) == (1, 0, [])
    assert found.lines.get().name == "Özel Şube Müdürlüğü"


def test_a_lost_zero_is_pointed_out_and_nothing_is_erased(case: Callable[[str], DirectoryImport]) -> None:
    assert warned(case("phone_forms.csv")) == {2: ["lost_zero"]}
    found = case("numbers.xlsx")
    assert warned(found) == {2: ["lost_zero"]}
    assert changes(found)["valilik-01"] == {
        "detsis_no": "24301584",
        "phone": "3224580011",
        "protocol_order": "12",
        "active_from": "2026-01-01",
    }


def test_provinces_are_read_by_every_name_that_a_clerk_knows(case: Callable[[str], DirectoryImport]) -> None:
    found = case("province_forms.csv")
    assert dict(found.lines.values_list("number", "province_id")) == {
        2: "01", 3: "46", 4: "03", 5: "33", 6: "63", 7: "32", 8: "76"
    }  # fmt: skip
    assert changes(found) == {"ministry-adalet": {"province_id": "46"}}


def test_every_case_has_its_test() -> None:
    own = {"province_forms.csv", "nfd_heading.csv"}
    assert {path.name for path in Path(CASES).iterdir()} == own | {*READ, *REFUSED_FILES, *REFUSED_CELLS}
