"""Setting up: a step is repeated only when its inputs changed."""

import subprocess
import sys
from pathlib import Path

import polib
import pytest

from config import bootstrap, translations


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "STAMPS", tmp_path / "stamps")
    return tmp_path


def test_a_step_is_done_until_its_inputs_change(project: Path) -> None:
    source = project / "requirements.txt"
    source.write_text("Django==5.2")
    bootstrap.done("packages", bootstrap.fingerprint(source))
    assert bootstrap.is_done("packages", bootstrap.fingerprint(source))

    source.write_text("Django==5.3")

    assert not bootstrap.is_done("packages", bootstrap.fingerprint(source))


def test_a_renamed_file_in_a_folder_counts_as_a_change(project: Path) -> None:
    folder = project / "static"
    folder.mkdir()
    (folder / "a.css").write_text("x")
    before = bootstrap.fingerprint(folder)

    (folder / "a.css").rename(folder / "b.css")

    assert bootstrap.fingerprint(folder) != before


def test_another_database_is_filled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://one/x")
    first = bootstrap.which_database(private=bootstrap.is_private())
    monkeypatch.setenv("DATABASE_URL", "postgresql://two/x")

    assert bootstrap.which_database(private=bootstrap.is_private()) != first


def test_a_missing_browser_is_told_and_fails_only_on_the_build_server(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "chromium_path", lambda: None)
    monkeypatch.setattr(bootstrap, "apt_install", lambda packages, why: False)
    monkeypatch.delenv("CI", raising=False)
    bootstrap.have_chromium()
    assert "apt-get install chromium" in capsys.readouterr().out

    monkeypatch.setenv("CI", "true")

    with pytest.raises(bootstrap.SetupError, match="No Chromium"):
        bootstrap.have_chromium()


def test_an_unknown_step_shows_how_to_call_it() -> None:
    ended = subprocess.run([sys.executable, bootstrap.__file__], capture_output=True, text=True)

    assert ended.returncode == 2
    assert "bootstrap.py setup" in ended.stdout


def test_a_translation_is_compiled_when_it_is_newer(tmp_path: Path) -> None:
    folder = tmp_path / "tr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Letter"\nmsgstr "Yazı"\n',
        encoding="utf-8",
    )

    assert translations.compile_all(tmp_path) == [folder / "django.mo"]
    assert translations.compile_all(tmp_path) == []
    assert polib.mofile(str(folder / "django.mo")).find("Letter").msgstr == "Yazı"
