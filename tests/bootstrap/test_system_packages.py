"""System packages: a missing one is installed where that may be done, else named in one line with its reason."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bootstrap import steps, system_packages
from bootstrap.commands import SetupError
from bootstrap.system_packages import PACKAGES, SystemPackage, have, venv_module


def package(*, there: Callable[[], bool], required: bool = True) -> SystemPackage:
    return SystemPackage(("libfoo1", "foo"), "draws a foo", frozenset({"test"}), there, required)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """We are root on a Debian whose apt does nothing; the names that it was to install."""
    names: list[str] = []

    def run(*command: str, env: dict[str, str]) -> None:
        if command[1] == "install":
            names.extend(word for word in command[2:] if not word.startswith("-"))

    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 0)
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system_packages, "run", run)
    return names


def test_what_is_missing_is_installed_with_its_reason(
    installed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert have([package(there=lambda: bool(installed))])

    assert installed == ["libfoo1", "foo"]
    assert capsys.readouterr().out == "Installing libfoo1 foo: draws a foo\n"


def test_what_is_there_is_not_installed(installed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert have([package(there=lambda: True)])

    assert (installed, capsys.readouterr().out) == ([], "")


def test_what_cannot_be_installed_stops_the_set_up_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000)

    with pytest.raises(SetupError) as refused:
        have([package(there=lambda: False)])

    assert str(refused.value) == "Missing: libfoo1 foo (draws a foo). To mend it: apt-get install libfoo1 foo"


def test_what_is_not_required_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000)

    assert not have([package(there=lambda: False, required=False)])

    assert capsys.readouterr().out.count("\n") == 1


def test_a_python_without_ensurepip_gets_its_own_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian ships ensurepip apart from Python: the interpreter is there and can't make a virtual environment."""
    python = tmp_path / "python3.12"
    python.write_text('#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\n', encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(steps, "works", lambda *command: False)
    monkeypatch.setattr(steps, "candidates", lambda: [str(python)])
    monkeypatch.setattr(steps, "is_new_enough", lambda path: True)

    with pytest.raises(SetupError, match=r"^Missing: python3\.12-venv .*apt-get install python3\.12-venv$"):
        steps.make_venv()


def test_debians_python3_needs_python3_venv() -> None:
    assert venv_module("/usr/bin/python3").names == ("python3-venv",)


def test_a_warning_about_harfbuzz_counts_as_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """WeasyPrint imports without it and warns, and the tests turn warnings into errors."""
    package = next(each for each in PACKAGES if each.names == ("libharfbuzz-subset0",))
    assert package.is_there()

    (tmp_path / "weasyprint.py").write_text(
        "import warnings\n"
        "warnings.warn('HarfBuzz-Subset will be required by future versions.', category=DeprecationWarning)\n"
        "class HTML:\n"
        "    def __init__(self, string): ...\n"
        "    def write_pdf(self, name): ...\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    assert not package.is_there()


def test_the_list_names_each_package_with_a_reason() -> None:
    ended = subprocess.run(
        ["python3", "-m", "bootstrap", "packages"], capture_output=True, text=True, env=os.environ
    )

    assert ended.returncode == 0
    for name in (
        "python3-venv",
        "libpango-1.0-0",
        "libharfbuzz-subset0",
        "gettext",
        "tesseract-ocr-tur",
        "chromium",
        "libatomic1",
    ):
        assert f"{name}" in ended.stdout
