"""Whatever a superuser of the database rewrites is found: the manipulations of `make drill ARGS=tamper`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from benchmarks.faults.honest_history import History
from benchmarks.faults.tamper import MANIPULATIONS
from config import env
from distribution.models import Checkpoint, Seal
from distribution.queries.invariants.sealing import merkle_root, public_key
from distribution.services.evidence.write_checkpoint import write_checkpoints
from distribution.services.receiving.acknowledge import acknowledge
from tests.consistency import findings

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> History:
    settings.MEDIA_ROOT, settings.CHECKPOINT_DIR = tmp_path / "files", str(tmp_path / "checkpoints")
    made = History()
    with django_capture_on_commit_callbacks(execute=True):
        assert write_checkpoints(at=timezone.now()) == 1
    return made


@pytest.fixture
def triggers_off() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.usefixtures("triggers_off")
def test_every_manipulation_is_found(history: History) -> None:
    assert findings() == []
    missed = []
    for manipulation in MANIPULATIONS:
        with transaction.atomic():
            manipulation.carry_out(history)
            if not findings():
                missed.append(manipulation.name)
            transaction.set_rollback(True)

    assert missed == []
    assert len(MANIPULATIONS) >= 30


def test_what_happens_after_a_checkpoint_goes_into_the_next_one(history: History) -> None:
    sealed = Seal.objects.count()
    assert write_checkpoints(at=timezone.now()) == 0

    acknowledge(delivery=history.copies[7].public_id, by=history.people[7], at=timezone.now())

    assert findings() == []
    assert write_checkpoints(at=timezone.now()) == 1
    assert Seal.objects.count() == sealed + 1
    assert findings() == []


@pytest.mark.usefixtures("triggers_off")
def test_a_checkpoint_signed_with_a_key_that_is_known_no_more_is_found(
    history: History, settings: Settings
) -> None:
    former = public_key()
    settings.CHECKPOINT_KEY = "another"
    assert {each.what for each in findings()} == {"checkpoint-unsigned"}

    settings.CHECKPOINT_FORMER_KEYS = [former]
    assert findings() == []

    Checkpoint.objects.update(statement="{}")
    assert findings() != []


@pytest.mark.parametrize("value", ["ab", "g" * 64, f"{'ab' * 32},short"])
def test_a_former_key_that_is_none_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("CHECKPOINT_FORMER_KEYS", value)
    with pytest.raises(env.ConfigurationError, match="CHECKPOINT_FORMER_KEYS"):
        env.keys("CHECKPOINT_FORMER_KEYS")


def test_the_root_is_that_of_rfc_6962() -> None:
    """The tree of three leaves: the third stands alone beside the node of the first two."""
    first, second, third = (("t", number, "ab") for number in (1, 2, 3))
    roots = [merkle_root([first]), merkle_root([second])]
    assert merkle_root([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert len({*roots, merkle_root([first, second]), merkle_root([first, second, third])}) == 4
