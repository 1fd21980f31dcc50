"""A row with fewer cells than the heading, while blank cells erase: what isn't there erases nothing."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from agencies.models import Agency
from tests.agencies.importing import as_csv, as_xlsx, checked
from tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db
HEADING = ("Kod", "Ad", "E-posta", "Telefon", "Başlangıç")


@pytest.fixture(autouse=True)
def agency() -> Agency:
    return AgencyFactory(
        code="a",
        name="Iğdır Kurumu",
        email="a@ornek.example",
        phone="0312 111 11 11",
        active_from=date(2020, 1, 1),
    )


def test_cells_that_the_row_lacks_keep_their_values_and_each_is_named_with_its_row() -> None:
    content = as_csv(("a", "Iğdır Kurumu", ""), ("b", "Başka Kurum", "", "", ""), heading=HEADING) + b"\r\n"
    found = checked(content, blanks_erase=True)
    row = found.lines.get(code="a")
    assert row.changes == {"email": ["a@ornek.example", ""]}
    assert [(each["column"], each["reason"]) for each in row.warnings] == [
        ("phone", "missing_cell"),
        ("active_from", "missing_cell"),
    ]
    assert not found.lines.get(code="b").warnings


def test_without_erasing_blanks_a_short_row_is_as_good_as_a_full_one() -> None:
    found = checked(as_csv(("a", "Iğdır Kurumu"), heading=HEADING) + b"\r\n")
    assert (found.lines.get().changes, found.lines.get().warnings) == ({}, [])


def test_a_cell_that_is_there_still_changes_its_value() -> None:
    content = as_csv(("a", "Iğdır Kurumu", "yeni@ornek.example"), heading=HEADING) + b"\r\n"
    changes = checked(content, blanks_erase=True).lines.get().changes
    assert changes == {"email": ["a@ornek.example", "yeni@ornek.example"]}


def test_in_a_workbook_an_empty_cell_at_the_end_is_a_blank_one() -> None:
    found = checked(as_xlsx(("a", "Iğdır Kurumu"), heading=HEADING), "dizin.xlsx", blanks_erase=True)
    assert set(found.lines.get().changes) == {"email", "phone", "active_from"}


def test_the_command_prints_the_row_and_erases_nothing(tmp_path: Path, agency: Agency) -> None:
    file = tmp_path / "dizin.csv"
    file.write_bytes(as_csv(("a", "Iğdır Kurumu"), heading=HEADING) + b"\r\n")
    printed = StringIO()
    call_command("import_directory", str(file), "--blanks-erase", "--confirm", stdout=printed)
    agency.refresh_from_db()
    assert (agency.email, agency.phone) == ("a@ornek.example", "0312 111 11 11")
    assert "2\tTelefon" in printed.getvalue()
