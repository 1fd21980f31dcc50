"""The lock files hold what the lists say, exact and with hashes, and no address of an index."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bootstrap.steps import LOCKS
from tests.conftest import ROOT

PAIRS = [(ROOT / name.replace(".lock", ".txt"), ROOT / name) for name in (*LOCKS, "requirements-node.lock")]
MENDED_BY = "Run `make lock`."


def listed(path: Path) -> dict[str, str]:
    """Name and version of all that the list names, and the lists that it includes."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.partition(" #")[0].strip()
        if text.startswith("-r "):
            found |= listed(path.parent / text.removeprefix("-r "))
        elif text and not text.startswith("#"):
            requirement = Requirement(text)
            found[canonicalize_name(requirement.name)] = str(requirement.specifier)
    return found


def entries(path: Path) -> list[str]:
    """The lock's entries: name, version and marker, the hashes, and what asked for it, each on one line."""
    text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [re.sub(r"\s*\\?\n\s*", " ", entry).strip() for entry in re.split(r"\n(?=\S)", text)]


def locked(path: Path) -> dict[str, str]:
    requirements = [Requirement(entry.partition(" --hash")[0]) for entry in entries(path)]
    return {canonicalize_name(each.name): str(each.specifier) for each in requirements}


@pytest.mark.parametrize(("list_", "lock"), PAIRS, ids=lambda path: path.name)
def test_the_lock_holds_what_the_list_names_and_nothing_that_it_no_longer_names(
    list_: Path, lock: Path
) -> None:
    wanted = listed(list_)
    held = locked(lock)
    named = {
        canonicalize_name(Requirement(entry.partition(" --hash")[0]).name)
        for entry in entries(lock)
        if re.search(r"# via.* -r requirements", entry)
    }

    assert {name: held.get(name) for name in wanted} == wanted, MENDED_BY
    assert named == set(wanted), MENDED_BY


@pytest.mark.parametrize("lock", [lock for _, lock in PAIRS], ids=lambda path: path.name)
def test_every_file_is_checked_against_a_hash(lock: Path) -> None:
    assert [entry for entry in entries(lock) if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry)] == []


@pytest.mark.parametrize("lock", [lock for _, lock in PAIRS], ids=lambda path: path.name)
def test_no_address_of_an_index_is_in_it(lock: Path) -> None:
    assert not re.search(
        r"://|--(extra-)?index|--find-links|--trusted-host", lock.read_text(encoding="utf-8")
    )


def test_a_machine_with_more_packages_has_the_same_versions_of_the_others() -> None:
    smallest, *larger = [locked(ROOT / name) for name in LOCKS]

    for lock in larger:
        assert {name: lock.get(name) for name in smallest} == smallest, MENDED_BY
