"""Tests about the code base itself."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import URLPattern, URLResolver, get_resolver

from config import env
from tests.conftest import ROOT

OURS = ["agencies", "circulars", "config", "distribution", "benchmarks", "bootstrap"]
BANNED = {"utils.py", "helpers.py", "signals.py", "common", "core"}


def modules(*folders: str) -> list[Path]:
    return [
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts
    ]


def test_no_module_is_longer_than_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): length
        for path in modules(*OURS, "tests")
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_no_package_has_more_than_fourteen_modules() -> None:
    packages = Counter(path.parent for path in modules(*OURS) if path.name != "__init__.py")
    full = {str(path.relative_to(ROOT)): count for path, count in packages.items() if count > 14}
    assert packages
    assert not full


def test_nothing_hides_in_a_module_without_a_subject() -> None:
    assert not [path for path in modules(*OURS) if BANNED & set(path.relative_to(ROOT).parts)]


def test_our_own_imports_stand_at_the_top() -> None:
    inside = re.compile(r"^[ \t]+(from|import) (agencies|circulars|distribution)\b", re.MULTILINE)
    hidden = [
        str(path.relative_to(ROOT))
        for path in modules(*OURS)
        if inside.search(path.read_text(encoding="utf-8"))
    ]
    assert not hidden


def test_no_migration_calls_what_may_change_later() -> None:
    """A migration may name a field's class or the path of its files, with their module, and nothing else of ours.

    Of what it names in full it may call a field's class only; 0008 calls what takes a text and gives one.
    """
    ours = r"(?:agencies|circulars|distribution)"
    imported = re.compile(rf"^\s*from ({ours}[\w.]*) import (.+)$", re.MULTILINE)
    renamed = re.compile(rf"^\s*import ({ours}[\w.]*) (as .+)$", re.MULTILINE)
    called = re.compile(rf"\b({ours}[\w.]*)\.(?!\w+Field\()(\w+)\(")
    found = {
        (path.name, module, names)
        for app in ("agencies", "circulars", "distribution")
        for path in (ROOT / app / "migrations").glob("*.py")
        for pattern in (imported, renamed, called)
        for module, names in pattern.findall(path.read_text(encoding="utf-8"))
    }
    addresses = "agencies.notation.addresses"  # takes a text and gives one: what it refuses is left as it is
    assert found == {("0008_addresses_and_imports.py", addresses, "AddressRefused, normal_address")}


def test_every_environment_variable_is_in_the_example() -> None:
    readers = "|".join(
        [
            "text",
            "flag",
            "integer",
            "items",
            "parsed_url",
            "database",
            "mail_server",
            "optional_mail_server",
            "rate",
            "mailbox",
            "hours",
            "storage",
        ]
    )
    settings = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(rf'env\.(?:{readers})\("([A-Z_]+)"', settings))
    example = set(
        re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert read
    assert read <= example


def test_no_line_of_a_template_is_longer_than_120_characters() -> None:
    templates = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in templates
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > 120
    ]
    assert templates
    assert not long


def test_no_page_has_an_inline_script_or_style() -> None:
    inline = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "mail" not in path.parts]
    assert pages
    assert not [
        str(path.relative_to(ROOT)) for path in pages if inline.search(path.read_text(encoding="utf-8"))
    ]


def test_no_page_asks_another_server() -> None:
    remote = re.compile(r"""(src|href|url)\s*[=(]\s*["']?(https?:)?//""")
    files = [
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "static").rglob("*.css"),
        *(ROOT / "static").rglob("*.js"),
    ]
    assert not [
        str(path.relative_to(ROOT)) for path in files if remote.search(path.read_text(encoding="utf-8"))
    ]


def test_every_static_file_that_a_page_names_is_there() -> None:
    named = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"""{% static ['"]([^'"]+)['"]""", path.read_text(encoding="utf-8"))
    }
    assert named
    assert not [name for name in named if not finders.find(name)]


def test_every_form_that_posts_carries_the_token() -> None:
    form = re.compile(r'<form[^>]*method="post".*?</form>', re.DOTALL | re.IGNORECASE)
    bare = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        for found in form.findall(path.read_text(encoding="utf-8"))
        if "csrf_token" not in found
    ]
    assert not bare


def test_every_own_address_has_a_name() -> None:
    unnamed = [
        str(pattern.pattern)
        for resolver in get_resolver().url_patterns
        if isinstance(resolver, URLResolver) and str(resolver.pattern) == ""
        for pattern in resolver.url_patterns
        if isinstance(pattern, URLPattern) and not pattern.name
    ]
    assert not unnamed


def test_a_variable_that_makes_no_sense_is_said_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBE", "perhaps")
    with pytest.raises(env.ConfigurationError, match="PROBE"):
        env.flag("PROBE", False)
    with pytest.raises(env.ConfigurationError, match="PROBE"):
        env.integer("PROBE", 1)
    with pytest.raises(env.ConfigurationError, match="PROBE"):
        env.database("PROBE", "")
    monkeypatch.delenv("PROBE")
    with pytest.raises(env.ConfigurationError, match="PROBE"):
        env.text("PROBE")


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("çok gizli\n", encoding="utf-8")
    monkeypatch.setenv("PROBE_FILE", str(tmp_path / "secret"))
    assert env.text("PROBE") == "çok gizli"


def test_the_error_of_a_wrong_address_does_not_tell_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBE", "mysql://dagitim:cok-gizli@db/dagitim")
    with pytest.raises(env.ConfigurationError, match="PROBE") as refused:
        env.database("PROBE", "")
    assert "mysql" in str(refused.value)
    assert "cok-gizli" not in str(refused.value)
