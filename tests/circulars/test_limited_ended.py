"""Processes that read files can't be started, or are given up: no letter is lost, and no file has to do with it."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pebble.pool.base_pool import PoolStatus
from pytest_django import Settings

from circulars.files.limited.pool import LimitedPool, LimitReached, Limits, StillRunning
from circulars.models import ReadingFailure, ReadingState
from tests.circulars import limited_tasks
from tests.circulars.background_readings import LETTER, a_file, uploaded

LIMITS = Limits(512 * 1024 * 1024, 600, 600)


@pytest.fixture
def pool() -> Iterator[LimitedPool]:
    made = LimitedPool(LIMITS, 1)
    yield made
    made.stop()


@pytest.fixture
def nobody_waits(settings: Settings) -> None:
    """Every letter takes longer than one waits for it."""
    settings.READING_AT_ONCE_MS = 0


def give_up(pool: LimitedPool, *, is_told: bool) -> None:
    """As pebble does when a process has died that had nothing to do, or one can't be replaced."""
    if is_told:
        pool._pool._pool_manager.handle_broken_pool(BrokenProcessPool("All workers expired"))
    else:
        pool._pool._context.status = PoolStatus.ERROR


@pytest.mark.parametrize("is_told", [True, False])
def test_a_file_is_not_given_up_because_the_processes_end_while_it_waits(
    pool: LimitedPool, tmp_path: Path, *, is_told: bool
) -> None:
    go_on = tmp_path / "go-on"
    waiting = pool.start(limited_tasks.read_pages, str(go_on))
    for _ in range(4):
        give_up(pool, is_told=is_told)
        with pytest.raises(StillRunning):
            waiting.wait(0.2)
    go_on.touch()
    assert waiting.wait(600) == "read"


def test_a_file_is_given_up_in_the_end_if_no_processes_can_live() -> None:
    made = LimitedPool(LIMITS, 1)
    made.schedule = lambda *_given: (made._pool, broken)  # type: ignore[method-assign]
    broken: Future[str] = Future()
    broken.set_exception(BrokenProcessPool("All workers expired"))
    with pytest.raises(LimitReached) as error:
        made.call(limited_tasks.answer, "never")
    assert error.value.limit == "ended"


@pytest.mark.usefixtures("nobody_waits")
@pytest.mark.parametrize("missing", ["launch_process", "channels"])
def test_a_letter_is_kept_if_no_process_can_be_started_to_read_it(
    as_sender: Client, within: Callable[[float], None], monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    def refuse(*_args: object) -> None:
        raise OSError("Resource temporarily unavailable")

    monkeypatch.setattr(f"pebble.pool.process.{missing}", refuse)
    within(600)
    reading = uploaded(as_sender)
    assert (reading.failure, reading.may_be_recorded_by_hand) == (ReadingFailure.ENDED, True)

    both = {"file": a_file(), "text": LETTER}
    assert b"There is both a file and a text." in as_sender.post(reverse("record"), both).content

    monkeypatch.undo()
    within(600)
    assert uploaded(as_sender).state == ReadingState.WAITING


@pytest.mark.usefixtures("nobody_waits")
def test_a_letter_is_kept_if_the_pool_of_processes_cannot_be_made(
    as_sender: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("circulars.files.limited.pool._of_process", None)
    monkeypatch.setattr("circulars.files.limited.pool.LimitedPool", refuse)
    assert uploaded(as_sender).failure == ReadingFailure.ENDED
