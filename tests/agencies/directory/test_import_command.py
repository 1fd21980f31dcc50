"""`manage.py import_directory`: the dry run as JSON, and writing it."""

import json
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Agency
from agencies.models.maintenance import DirectoryChange, DirectoryImport, ImportState
from tests.agencies.importing import as_csv
from tests.consistency import findings
from tests.factories import AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db
GOOD, BAD = ("a", "Yeni Ad", "ministry"), ("b", "İki Kurum", "krallik")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    AgencyFactory(code="a", name="Eski Ad", kind="ministry", email="a@ornek.example")
    return tmp_path / "rehber.csv"


def run(file: Path, *options: str) -> dict[str, Any]:
    printed = StringIO()
    try:
        call_command("import_directory", str(file), "--json", *options, stdout=printed)
    finally:
        run.printed = printed.getvalue()  # type: ignore[attr-defined]
    found: dict[str, Any] = json.loads(printed.getvalue())
    return found


def test_the_dry_run_is_printed_and_leaves_nothing(file: Path) -> None:
    file.write_bytes(as_csv(GOOD, BAD, ("", "", "")))
    found = run(file)
    assert (found["state"], found["written"], found["error"]) == ("checked", False, "")
    assert found["counts"] == {"added": 0, "changed": 1, "closed": 0, "unchanged": 0, "bad": 1}
    changed, bad = found["rows"]
    assert (changed["row"], changed["outcome"]) == (2, "changed")
    assert changed["changes"] == {"name": ["Eski Ad", "Yeni Ad"]}
    problem = bad["problems"][0]
    assert (bad["row"], problem["heading"], problem["value"], problem["reason"]) == (
        3,
        "Tür",
        "krallik",
        "kind",
    )
    assert len(problem["message"]) > 20
    assert Agency.objects.get().name == "Eski Ad"
    assert not DirectoryImport.objects.exists()
    assert findings() == []


def test_confirmed_it_is_written_and_recorded(file: Path) -> None:
    file.write_bytes(as_csv(GOOD))
    found = run(file, "--confirm")
    assert (found["state"], found["written"]) == ("done", True)
    assert Agency.objects.get().name == "Yeni Ad"
    kept = DirectoryImport.objects.get()
    assert (kept.state, kept.created_by, kept.confirmed_by) == (ImportState.DONE, None, None)
    assert DirectoryChange.objects.get().data["file"] == "rehber.csv"
    assert findings() == []


def test_who_imports_is_recorded_and_must_be_a_directory_administrator(file: Path) -> None:
    file.write_bytes(as_csv(GOOD))
    UserFactory(username="kimse"), UserFactory(username="rehber", is_directory_administrator=True)
    with pytest.raises(CommandError, match="kimse"):
        call_command("import_directory", str(file), "--confirm", "--as", "kimse")
    run(file, "--confirm", "--as", "rehber")
    change = DirectoryChange.objects.get()
    assert change.by is not None and change.by.username == "rehber"


def test_bad_rows_are_left_out_only_when_that_is_asked_for(file: Path) -> None:
    file.write_bytes(as_csv(GOOD, BAD))
    with pytest.raises(CommandError, match="--skip-bad-rows"):
        run(file, "--confirm")
    assert Agency.objects.get().name == "Eski Ad"
    assert run(file, "--confirm", "--skip-bad-rows")["written"]
    assert Agency.objects.get().name == "Yeni Ad"


def test_when_no_row_can_be_imported_confirming_says_so(file: Path) -> None:
    file.write_bytes(as_csv(BAD))
    with pytest.raises(CommandError, match=r"Nothing was written.*1 can't be imported"):
        run(file, "--confirm", "--skip-bad-rows")


def test_an_import_that_a_worker_has_taken_over_is_left_to_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(as_csv(GOOD))

    def taken_over(*_args: object) -> bool:
        DirectoryImport.objects.update(claim=uuid4())
        return False

    monkeypatch.setattr("agencies.directory.run.repeats_heading", taken_over)
    with pytest.raises(CommandError, match="worker"):
        call_command("import_directory", str(file), "--json")
    assert DirectoryImport.objects.get().state == ImportState.CHECKING


def test_an_unreadable_file_is_reported_with_its_reason_and_leaves_nothing(file: Path) -> None:
    file.write_bytes("Kod;Ad\r\na;Ağ\r\n".encode() + "b;Ağ\r\n".encode("cp1254"))
    with pytest.raises(CommandError):
        run(file)
    found = json.loads(run.printed)  # type: ignore[attr-defined]
    assert found["state"] == "failed" and "3" in found["error"]
    assert not DirectoryImport.objects.exists()
    with pytest.raises(CommandError, match="yok"):
        call_command("import_directory", str(file.with_name("yok.csv")))


def test_many_changes_need_the_count(file: Path) -> None:
    for number in range(20):
        AgencyFactory(code=f"k{number}", name="Kurum", kind="ministry")
    file.write_bytes(as_csv(*[(f"k{number}", "Başka Kurum", "ministry") for number in range(12)]))
    with pytest.raises(CommandError, match="--count 12"):
        run(file, "--confirm")
    with pytest.raises(CommandError, match="--count 12"):
        run(file, "--confirm", "--count", "11")
    assert not Agency.objects.filter(name="Başka Kurum").exists()
    assert run(file, "--confirm", "--count", "12")["written"]
    assert Agency.objects.filter(name="Başka Kurum").count() == 12


def test_empty_cells_erase_only_when_that_is_asked_for(file: Path) -> None:
    file.write_bytes(as_csv(("a", ""), heading=("Kod", "E-posta")))
    assert run(file)["counts"]["changed"] == 0
    assert run(file, "--blanks-erase")["rows"][0]["changes"] == {"email": ["a@ornek.example", ""]}


def test_without_json_each_problem_is_one_line(file: Path) -> None:
    file.write_bytes(as_csv(GOOD, BAD))
    printed = StringIO()
    call_command("import_directory", str(file), stdout=printed)
    lines = printed.getvalue().splitlines()
    assert lines[0] == "2\tAd\tEski Ad → Yeni Ad"
    assert lines[1].startswith("3\tTür\tkrallik\t")
    assert lines[-1].startswith("checked: 0 added, 1 changed")
