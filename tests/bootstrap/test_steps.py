"""Setting up: a step is repeated only when its inputs changed."""

import subprocess
import sys
from pathlib import Path

import pytest

from bootstrap import database, stamps, steps
from tests.conftest import ROOT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(stamps, "ROOT", tmp_path)
    monkeypatch.setattr(stamps, "STAMPS", tmp_path / "stamps")
    return tmp_path


def test_a_step_is_done_until_its_inputs_change(project: Path) -> None:
    source = project / "requirements.txt"
    source.write_text("Django==5.2")
    stamps.done("packages", stamps.fingerprint(source))
    assert stamps.is_done("packages", stamps.fingerprint(source))

    source.write_text("Django==5.3")

    assert not stamps.is_done("packages", stamps.fingerprint(source))


def test_a_renamed_file_in_a_folder_counts_as_a_change(project: Path) -> None:
    folder = project / "static"
    folder.mkdir()
    (folder / "a.css").write_text("x")
    before = stamps.fingerprint(folder)

    (folder / "a.css").rename(folder / "b.css")

    assert stamps.fingerprint(folder) != before


def test_another_database_is_filled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://one/x")
    first = database.which_database(private=database.is_private())
    monkeypatch.setenv("DATABASE_URL", "postgresql://two/x")

    assert database.which_database(private=database.is_private()) != first


def test_an_unknown_step_shows_how_to_call_it() -> None:
    ended = subprocess.run([sys.executable, "-m", "bootstrap"], cwd=ROOT, capture_output=True, text=True)

    assert ended.returncode == 2
    assert "bootstrap setup" in ended.stdout


def test_files_in_an_s3_store_and_the_tests_need_more_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORAGE_URL", raising=False)
    assert steps.lock_for("setup") == "requirements.lock"
    assert steps.lock_for("test") == steps.lock_for("dev") == "requirements-dev.lock"

    monkeypatch.setenv("STORAGE_URL", "s3://letters")

    assert steps.lock_for("setup") == "requirements-s3.lock"
