"""A confirmed import is written in batches, can be resumed, and needs a new decision when outdated."""

from collections.abc import Callable
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from agencies.directory import run
from agencies.directory.run import (
    NotAwaitingDecision,
    confirm_import,
    discard_import,
    run_import,
    wake_waiting_imports,
)
from agencies.models import Agency
from agencies.models.maintenance import AgencyName, ChangeKind, DirectoryChange, ImportState
from tests.agencies.importing import as_csv, checked, counts, imported, work_on
from tests.conftest import SignIn
from tests.factories import AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db


def confirm(found: object, skip_bad_rows: bool = False) -> None:
    confirm_import(
        directory_import=found,  # type: ignore[arg-type]
        skip_bad_rows=skip_bad_rows,
        by=found.created_by,  # type: ignore[attr-defined]
        at=timezone.now(),
    )


def test_rows_are_added_changed_and_closed_with_keys_paths_and_a_log() -> None:
    old = AgencyFactory(code="eski", name="Eski Adı", kind="ministry")
    ended = AgencyFactory(code="biten", kind="ministry")
    found = imported(
        as_csv(
            ("alt", "Alt Birim", "central_unit", "ust"),
            ("ust", "Üst Kurum", "ministry"),
            ("eski", "Yeni Adı", "ministry", "ust"),
            ("biten", ended.name, "ministry", "", "", "", "", "", "01.02.2026", "ust"),
        )
    )
    assert (found.state, found.written) == (ImportState.DONE, 4)
    upper, below = Agency.objects.get(code="ust"), Agency.objects.get(code="alt")
    old.refresh_from_db(), ended.refresh_from_db()
    assert below.path == [upper.pk, below.pk] and old.path == [upper.pk, old.pk]
    assert (old.name, old.search_key) == ("Yeni Adı", "yeni adi")
    assert AgencyName.objects.get().name == "Eski Adı"
    assert (ended.active_to, ended.successor) == (date(2026, 2, 1), upper)
    kinds = dict(DirectoryChange.objects.values_list("agency__code", "kind"))
    assert kinds == {
        "alt": ChangeKind.ADDED,
        "ust": ChangeKind.ADDED,
        "eski": ChangeKind.IMPORTED,
        "biten": ChangeKind.CLOSED,
    }


def test_the_same_file_a_second_time_changes_nothing() -> None:
    content = as_csv(("a", "Bir", "ministry"), ("b", "İki", "ministry", "a"))
    imported(content)
    assert counts(checked(content)) == (0, 0, 0, 2, 0)


def test_bad_rows_are_skipped_only_when_that_is_chosen() -> None:
    found = checked(as_csv(("a", "Bir", "ministry"), ("b", "İki", "krallik")))
    with pytest.raises(NotAwaitingDecision):
        confirm(found)
    assert not Agency.objects.exists()
    confirm(found, skip_bad_rows=True)
    work_on(found)
    assert list(Agency.objects.values_list("code", flat=True)) == ["a"]


def test_an_import_is_decided_once_and_a_discarded_one_writes_nothing() -> None:
    found = checked(as_csv(("a", "Bir", "ministry")))
    discard_import(directory_import=found, at=timezone.now())
    with pytest.raises(NotAwaitingDecision):
        confirm(found)
    assert not run_import(import_id=found.pk, at=timezone.now())
    assert not Agency.objects.exists()


def test_a_directory_that_changed_since_the_person_looked_is_shown_again() -> None:
    agency = AgencyFactory(code="a", name="Bir", kind="ministry", email="")
    found = checked(as_csv(("a", "Bir Yeni", "ministry")))
    Agency.objects.filter(pk=agency.pk).update(name="Bir Başka")
    confirm(found)
    work_on(found)
    assert (found.state, found.outdated) == (ImportState.CHECKED, True)
    assert found.lines.get().changes["name"] == ["Bir Başka", "Bir Yeni"]
    confirm(found)
    assert work_on(found).state == ImportState.DONE


def test_after_a_worker_dies_another_one_resumes() -> None:
    rows = [(f"k{number}", f"Kurum {number}", "ministry", "k0" if number else "") for number in range(7)]
    found = checked(as_csv(*rows))
    confirm(found)
    with patch.object(run, "BATCH", 2):
        real, calls = run.write_batch, iter(range(9))

        def dies(*args: object, **options: object) -> None:
            if next(calls) == 2:
                raise SystemExit
            real(*args, **options)  # type: ignore[arg-type]

        with patch.object(run, "write_batch", dies), pytest.raises(SystemExit):
            run_import(import_id=found.pk, at=timezone.now())
        found.refresh_from_db()
        assert (found.state, found.written, Agency.objects.count()) == (ImportState.WRITING, 4, 4)
        assert not run_import(import_id=found.pk, at=timezone.now())
        assert run_import(import_id=found.pk, at=timezone.now() + timedelta(minutes=6))
    found.refresh_from_db()
    assert (found.state, found.written, Agency.objects.count()) == (ImportState.DONE, 7, 7)
    assert DirectoryChange.objects.count() == 7
    assert all(len(agency.path) == 2 for agency in Agency.objects.exclude(code="k0"))


def test_the_periodic_task_wakes_workers_for_waiting_imports_and_deletes_old_rows(
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    done = imported(as_csv(("a", "Bir", "ministry")))
    waiting = checked(as_csv(("b", "İki", "ministry")))
    confirm(waiting)
    with patch.object(run, "wake_worker") as wake:
        assert wake_waiting_imports(at=timezone.now()) == 1
        wake.assert_called_once_with(waiting.pk)
        assert done.lines.exists()
        wake_waiting_imports(at=timezone.now() + timedelta(days=31))
    assert not done.lines.exists()
    assert waiting.lines.exists()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_importing_an_export_changes_nothing(
    form: str, directory: Callable[[str], Agency], signed_in: SignIn
) -> None:
    ministry = directory("ministry-calisma")
    nameless = AgencyFactory(
        code=None, name="Kodsuz Birim", parent=ministry, phone="+90 312 000", kind="central_unit"
    )
    AgencyFactory(
        code="alt-1",
        parent=nameless,
        active_from=date(2020, 1, 2),
        active_to=date(2021, 1, 2),
        successor=ministry,
    )
    AgencyFactory(code="formul", name="=1+1 Kurumu", addressable=False, template="Şablon")
    response = signed_in(UserFactory()).get("/directory/export/", {"_export": form})
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    found = checked(content)
    assert counts(found) == (0, 0, 0, Agency.objects.count(), 0)


def test_a_unit_that_is_there_keeps_the_order_of_its_channels() -> None:
    agency = AgencyFactory(
        code="a", name="Bir", kind="ministry", email="", channels=["kep", "email"], digests_letters=True
    )

    imported(as_csv(("a", "İki", "ministry"), ("b", "Üç", "ministry")))

    agency.refresh_from_db()
    assert (agency.name, agency.channels, agency.digests_letters) == ("İki", ["kep", "email"], True)
    new = Agency.objects.get(code="b")
    assert (new.channels, new.digests_letters) == ([], False)
