"""The check of the translations fails when one is missing."""

import shutil
from pathlib import Path

import polib

from config.translations import SOURCES, compile_all, untranslated
from tests.conftest import ROOT


def copy_of_the_sources(folder: Path) -> Path:
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    return folder


def test_every_string_is_translated() -> None:
    before = (ROOT / "locale" / "tr" / "LC_MESSAGES" / "django.po").read_bytes()

    assert untranslated() == []

    assert (ROOT / "locale" / "tr" / "LC_MESSAGES" / "django.po").read_bytes() == before


def test_a_new_string_is_reported(tmp_path: Path) -> None:
    root = copy_of_the_sources(tmp_path)
    page = root / "templates" / "probe.html"
    page.write_text('{% load i18n %}{% translate "Nobody translated this sentence." %}', encoding="utf-8")

    assert untranslated(root) == ["Nobody translated this sentence."]


def test_a_translation_older_than_its_source_is_compiled(tmp_path: Path) -> None:
    root = copy_of_the_sources(tmp_path)

    assert [path.name for path in compile_all(root / "locale")] == ["django.mo"]
    assert compile_all(root / "locale") == []


def test_a_translation_is_compiled_when_it_is_newer(tmp_path: Path) -> None:
    folder = tmp_path / "tr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Letter"\nmsgstr "Yazı"\n',
        encoding="utf-8",
    )

    assert compile_all(tmp_path) == [folder / "django.mo"]
    assert compile_all(tmp_path) == []
    assert polib.mofile(str(folder / "django.mo")).find("Letter").msgstr == "Yazı"
