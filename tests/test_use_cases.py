"""What holds for every use case: all or nothing, wake-ups and deletions after the commit, no contradiction."""

import ast
import sys
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import CodeType, FrameType

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from tests.conftest import ROOT
from tests.consistency import findings
from tests.use_cases import NOW, USE_CASES, UseCase
from tests.use_cases.database import Died, content, dying_after, files, wakes

LATER = NOW + timedelta(minutes=1)
ALL = [pytest.param(each, id=name) for name, each in USE_CASES.items()]

ELSEWHERE = {
    "agencies/directory/shipped.py:load_shipped_directory",
    "distribution/demo/history/make.py:make_demo_history",
    "distribution/demo/history/make.py:make_history",
    "distribution/demo/load.py:load_demo",
    "distribution/feedback/returned_mail.py:_list_for_a_person",
    "distribution/management/commands/check_consistency.py:in_snapshots",
}
"""Functions with a transaction that no use case of the table runs: they load data, read, or need an error within."""


@pytest.fixture(autouse=True)
def place_for_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.django_db
@pytest.mark.usefixtures("kep_account")
@pytest.mark.parametrize("case", ALL)
def test_every_use_case_is_all_or_nothing_and_leaves_no_contradiction(
    case: UseCase, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    action = case.prepare()
    rows, stored, woken = content(), files(), wakes()

    def nothing_happened() -> bool:
        return content() == rows and wakes() == woken and stored <= files()

    after_commit = partial(django_capture_on_commit_callbacks, execute=True)

    with suppress(Died), after_commit(), dying_after(0) as written, transaction.atomic():
        action()
        raise Died
    assert written() > 0
    assert nothing_happened(), "done although its caller's transaction failed"

    for write in range(1, written() + 1) if case.one_transaction else ():
        with suppress(Died), after_commit(), dying_after(write):
            action()
        assert nothing_happened(), f"partly done: it died after write {write}"

    with after_commit():
        action()

    assert content() != rows
    assert (wakes() > woken) == case.wakes
    assert (not stored <= files()) == case.drops_file
    assert findings(LATER) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("kep_account")
def test_the_table_of_use_cases_runs_every_function_that_writes_in_a_transaction_or_locks() -> None:
    """Add the use case of a new service to `tests/use_cases`, if its function is named here."""
    called: dict[int, CodeType] = {}

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            called[id(frame.f_code)] = frame.f_code

    for case in USE_CASES.values():
        with suppress(Died), transaction.atomic():
            action = case.prepare()
            sys.setprofile(note)
            try:
                action()
            finally:
                sys.setprofile(None)
            raise Died

    ran = {
        f"{Path(code.co_filename).relative_to(ROOT)}:{code.co_qualname}"
        for code in called.values()
        if code.co_filename.startswith(str(ROOT))
    }
    assert functions_with_a_transaction() - ran - ELSEWHERE == set()


def functions_with_a_transaction() -> set[str]:
    """Functions that begin a transaction, lock rows, or do something after the commit, as `path:qualified name`."""
    found: set[str] = set()
    for app in ("agencies", "circulars", "distribution"):
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                found |= {f"{path.relative_to(ROOT)}:{name}" for name in _marked(ast.parse(path.read_text()))}
    return found


def _marked(tree: ast.AST, above: str = "") -> set[str]:
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            found |= _marked(node, f"{above}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            names = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
            if names & {"atomic", "select_for_update", "on_commit"}:
                found.add(above + node.name)
    return found
