"""Files from outside are read by other processes, which are killed past a limit of memory or time."""

import os
import pickle
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from pytest_django import Settings

from circulars.files import page_images
from circulars.files.limited import work
from circulars.files.limited.pool import LimitedPool, LimitReached, Limits, Progress, StillRunning
from circulars.files.page_images import PageMissing, page_image
from circulars.reading import FileKind, UnreadableFile, read_letter
from circulars.reading.source.pdf.recognition import can_recognise
from tests.circulars import bombs, limited_tasks
from tests.circulars.own_letters import FOLDER, as_file
from tests.circulars.reading.made_files import scanned, zipped
from tests.circulars.reading.test_source_bounds import program
from tests.conftest import OWN_SAMPLE, ROOT

MEGABYTE = 1024 * 1024
LONG = 600


@pytest.fixture(scope="module")
def pool() -> Iterator[LimitedPool]:
    made = LimitedPool(Limits(512 * MEGABYTE, LONG, LONG), 1)
    yield made
    made.stop()


@pytest.fixture
def hasty_pool() -> Iterator[LimitedPool]:
    """Each file may take half a second; two minutes while text is recognised."""
    made = LimitedPool(Limits(512 * MEGABYTE, 0.5, 120), 1)
    yield made
    made.stop()


def peak() -> int:
    """The most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_a_letter_is_read_as_without_limits(pool: LimitedPool) -> None:
    content = OWN_SAMPLE.read_bytes()
    read = pool.call(work.read_source, content, "yazi.txt")
    assert read == work.ReadSource(read_letter(content, "yazi.txt"), [])


def test_what_is_wrong_with_a_file_comes_back_with_its_code_and_kind(pool: LimitedPool) -> None:
    read = pool.call(work.read_source, b"\x89PNG\r\n\x1a\n" + bytes(100), "yazi.pdf")
    assert isinstance(read.letter, work.Unreadable)
    assert (read.letter.code, read.letter.kind) == ("not_a_letter_file", FileKind.PICTURE)


def test_the_process_lives_on_from_file_to_file(pool: LimitedPool) -> None:
    first, second = pool.call(limited_tasks.own_id), pool.call(limited_tasks.own_id)
    assert first == second != os.getpid()


def test_memory_past_the_limit_ends_the_task_and_the_next_one_is_done(pool: LimitedPool) -> None:
    with pytest.raises(LimitReached) as error:
        pool.call(limited_tasks.take_memory, 600 * MEGABYTE)
    assert error.value.limit == "memory"
    assert pool.call(limited_tasks.answer, "still there") == "still there"


def test_time_past_the_limit_ends_the_task_and_the_next_one_is_done(hasty_pool: LimitedPool) -> None:
    with pytest.raises(LimitReached) as error:
        hasty_pool.call(limited_tasks.sleep, LONG)
    assert error.value.limit == "time"
    assert hasty_pool.call(limited_tasks.answer, "still there") == "still there"


def test_recognising_text_has_a_time_limit_of_its_own(hasty_pool: LimitedPool) -> None:
    assert hasty_pool.call(limited_tasks.recognise, 1.5) == "recognised"


def test_one_may_wait_for_a_while_and_then_end_it(pool: LimitedPool) -> None:
    task = pool.start(limited_tasks.sleep, LONG)
    with pytest.raises(StillRunning):
        task.wait(0.2)
    task.close()
    assert pool.call(limited_tasks.answer, "still there") == "still there"


def test_a_process_that_is_killed_is_replaced_and_the_file_is_read_again(
    pool: LimitedPool, tmp_path: Path
) -> None:
    assert pool.call(limited_tasks.die_until, str(tmp_path / "tries"), 1) == 2


def test_a_file_that_ends_its_process_twice_is_given_up(pool: LimitedPool, tmp_path: Path) -> None:
    marker = tmp_path / "tries"
    with pytest.raises(LimitReached) as error:
        pool.call(limited_tasks.die_until, str(marker), LONG)
    assert error.value.limit == "ended"
    assert marker.read_text() == ".."
    assert pool.call(limited_tasks.answer, "still there") == "still there"


@pytest.mark.parametrize(
    ("parts", "code"),
    [({"SifreliIcerik/x": "x"}, "encrypted"), ({"Ustveri/Ustveri.xml": "<a"}, "damaged")],
)
def test_a_package_that_cannot_be_opened_is_told_and_the_next_file_is_read(
    pool: LimitedPool, parts: dict[str, str | bytes], code: str
) -> None:
    read = pool.call(work.read_source, zipped(parts), "yazi.eyp")
    assert isinstance(read.letter, work.Unreadable) and read.letter.code == code
    assert pool.call(limited_tasks.answer, "still there") == "still there"


def test_an_exception_of_the_reader_is_told_and_the_next_file_is_read(pool: LimitedPool) -> None:
    with pytest.raises(LimitReached) as error:
        pool.call(limited_tasks.raise_what_cannot_be_unpickled)
    assert error.value.limit == "error"
    assert pool.call(limited_tasks.answer, "still there") == "still there"


def test_why_a_file_is_unreadable_goes_from_process_to_process() -> None:
    error = pickle.loads(pickle.dumps(UnreadableFile("damaged", "why", kind=FileKind.ODT)))
    assert (error.code, error.message, error.kind) == ("damaged", "why", FileKind.ODT)


def test_processes_are_started_anew_after_an_idle_one_was_killed(pool: LimitedPool) -> None:
    killed = pool.call(limited_tasks.own_id)
    os.kill(killed, signal.SIGKILL)
    while Path(f"/proc/{killed}").exists() and state_of(killed) != "Z":
        time.sleep(0.01)
    for _ in range(2):
        assert pool.call(limited_tasks.own_id) != killed
        time.sleep(0.3)


def test_a_process_of_an_ended_task_tells_nothing_of_the_next_one(pool: LimitedPool) -> None:
    first = pool.start(limited_tasks.tell_late, LONG)
    while first.progress.page == 0:
        with pytest.raises(StillRunning):
            first.wait(0.02)
    first.close()
    second = pool.start(limited_tasks.answer, "done")
    for _ in range(20):
        assert second.progress == Progress()
        time.sleep(0.02)
    assert second.wait(LONG) == "done"


def test_a_task_that_cannot_be_begun_leaves_its_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    made = LimitedPool(Limits(512 * MEGABYTE, LONG, LONG), 1)
    monkeypatch.setattr(made, "_living", lambda: made._pool)
    made.stop()
    for _ in range(100):
        with pytest.raises(LimitReached) as error:
            made.start(limited_tasks.answer, "never")
        assert error.value.limit == "ended"
    assert len({made.take_slot() for _ in range(64)}) == 64


def test_a_lower_limit_of_the_machine_stays() -> None:
    script = (
        "import resource\n"
        "from circulars.files.limited import work\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({1024 * MEGABYTE}, {1024 * MEGABYTE}))\n"
        f"work.begin({2048 * MEGABYTE}, [])\n"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0])\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=environment, text=True, check=False
    )
    assert done.stdout == f"{1024 * MEGABYTE}\n", done.stderr


def test_the_page_that_is_read_is_told(pool: LimitedPool, tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    task = pool.start(limited_tasks.read_pages, str(go_on))
    assert task.progress == Progress()
    while task.progress.page == 0:
        with pytest.raises(StillRunning):
            task.wait(0.02)
    assert task.progress == Progress(3, 12)
    go_on.touch()
    assert task.wait(LONG) == "read"


@pytest.mark.parametrize(
    ("bomb", "largest", "outcomes"),
    [
        (bombs.pdf_with_two_filters, 2400, {"memory", "time", "too_large"}),
        # Read without the cells that it claims.
        (bombs.docx_with_a_wide_table, 920, {"read"}),
        # Its page draws more than any page of text, so it counts as a picture.
        (bombs.pdf_of_many_words, 17_000, {"no_text_layer"}),
    ],
)
def test_a_small_file_that_takes_much_leaves_this_process_as_it_is(
    bomb: Callable[[], bytes], largest: int, outcomes: set[str]
) -> None:
    """It passes a limit, or the reader doesn't unpack it."""
    content = bomb()
    assert len(content) <= largest
    hasty = LimitedPool(Limits(512 * MEGABYTE, 8, 8), 1)
    try:
        hasty.call(limited_tasks.answer, "")
        before = peak()
        try:
            read = hasty.call(work.read_source, content, "yazi")
            outcome = read.letter.code if isinstance(read.letter, work.Unreadable) else "read"
        except LimitReached as error:
            outcome = error.limit
        assert outcome in outcomes
        assert peak() - before < 32 * MEGABYTE
        assert hasty.call(limited_tasks.answer, "still there") == "still there"
    finally:
        hasty.stop()


def test_a_text_of_very_many_characters_is_refused_not_cut(pool: LimitedPool) -> None:
    read = pool.call(work.read_source, b"a " * (work.LONGEST_TEXT // 2 + 1), "yazi.txt")
    assert isinstance(read.letter, work.Unreadable) and read.letter.code == "too_large"


def test_a_page_that_cannot_be_drawn_is_missing_and_not_tried_again_for_a_while() -> None:
    caches["images"].clear()
    asked: list[int] = []

    def content() -> bytes:
        asked.append(1)
        return b"%PDF-1.7 nothing"

    for _ in range(2):
        with pytest.raises(PageMissing):
            page_image(content, 1, key="none")
    assert len(asked) == 1


def test_a_picture_that_takes_long_is_given_up_and_one_process_is_left_for_letters(
    monkeypatch: pytest.MonkeyPatch, pool: LimitedPool, settings: Settings
) -> None:
    settings.READING_PROCESSES = 3
    caches["images"].clear()
    page_images._turns.cache_clear()
    monkeypatch.setattr(page_images, "SECONDS", 1)
    monkeypatch.setattr(page_images, "limited_pool", lambda: pool)
    monkeypatch.setattr(work, "draw_page", limited_tasks.draw_slowly)
    for _ in range(2):
        assert page_images._turns().acquire(blocking=False)
    assert not page_images._turns().acquire(blocking=False)
    with pytest.raises(PageMissing):
        page_image(b"%PDF-1.7", 1, key="none-in-time")
    page_images._turns().release()
    began = time.monotonic()
    with pytest.raises(PageMissing):
        page_image(b"%PDF-1.7", 1, key="too-slow")
    assert time.monotonic() - began < 10
    assert page_images._turns().acquire(blocking=False)
    page_images._turns.cache_clear()


@pytest.mark.parametrize("content", [b"{\\rtf1 letter}", b"%PDF"])
def test_the_program_that_a_reading_calls_ends_with_it_and_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
) -> None:
    """Stubs stand in for LibreOffice and Tesseract, and start a program of their own, as LibreOffice does."""
    if content == b"%PDF":
        content = scanned(as_file(FOLDER / "pdf_iki_sutun.html")[1])
    stub = f"env > {tmp_path}/env; sleep 597 & echo $! > {tmp_path}/made; mv {tmp_path}/made {tmp_path}/started; wait"
    program(tmp_path / "soffice", stub)
    program(tmp_path / "tesseract", f'[ "$1" = --list-langs ] && echo tur && exit; {stub}')
    (tmp_path / "tmp").mkdir()
    script = (
        "import sys\n"
        "from circulars.files.limited import work\n"
        "from circulars.files.limited.pool import LimitedPool, Limits, StillRunning\n"
        "if __name__ == '__main__':\n"
        f"    pool = LimitedPool(Limits({512 * MEGABYTE}, 600, 600), 1)\n"
        "    task = pool.start(work.read_source, sys.stdin.buffer.read(), 'yazi')\n"
        "    from pathlib import Path\n"
        f"    while not Path('{tmp_path}/started').exists():\n"
        "        try:\n"
        "            print(task.wait(0.1))\n"
        "        except StillRunning:\n"
        "            pass\n"
        "    task.close()\n"
        "    print(pool.call(work.page_sizes, b''))\n"
        "    pool.stop()\n"
    )
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PATH": f"{tmp_path}:/usr/bin:/bin",
        "TMPDIR": str(tmp_path / "tmp"),
        "SECRET_KEY": "not for others",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], input=content, capture_output=True, env=environment, check=False
    )
    assert done.stdout == b"[]\n", done.stderr
    started = int((tmp_path / "started").read_text())
    assert not Path(f"/proc/{started}").exists() or state_of(started) == "Z"
    assert [each.name for each in (tmp_path / "tmp").iterdir() if "reading" in each.name] == []
    named = {line.partition("=")[0] for line in (tmp_path / "env").read_text().splitlines()}
    assert named - {"PWD", "OLDPWD", "SHLVL", "_"} <= {"PATH", "HOME", "LANG", "TMPDIR", "OMP_THREAD_LIMIT"}


def test_what_needs_another_program_is_not_read_while_one_waits(pool: LimitedPool) -> None:
    scan = scanned(as_file(FOLDER / "pdf_iki_sutun.html")[1])
    read = pool.call(work.read_source, scan, "yazi.pdf", False)
    assert isinstance(read.letter, work.Unreadable)
    assert read.letter.code == ("program_needed" if can_recognise() else "no_text_layer")


def test_a_child_of_a_celery_worker_may_start_the_processes() -> None:
    script = (
        "import billiard, django\n"
        "from circulars.files.limited.pool import limited_pool\n"
        "from tests.circulars import limited_tasks\n"
        "def child():\n"
        "    print(limited_pool().call(limited_tasks.answer, 'started'), flush=True)\n"
        "if __name__ == '__main__':\n"
        "    django.setup()\n"
        "    process = billiard.Process(target=child)\n"
        "    process.daemon = True\n"
        "    process.start()\n"
        "    process.join()\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=environment, text=True, check=False
    )
    assert done.stdout == "started\n", done.stderr


def test_no_process_is_left_when_the_one_that_started_it_is_killed() -> None:
    script = (
        "from circulars.files.limited.pool import LimitedPool, Limits\n"
        "from tests.circulars import limited_tasks\n"
        "import time\n"
        "if __name__ == '__main__':\n"
        f"    pool = LimitedPool(Limits({512 * MEGABYTE}, 600, 600), 1)\n"
        "    print(pool.call(limited_tasks.own_id), flush=True)\n"
        "    time.sleep(600)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert Path(f"/proc/{worker}").exists()
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    while Path(f"/proc/{worker}").exists() and state_of(worker) != "Z":
        time.sleep(0.05)


def state_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"
