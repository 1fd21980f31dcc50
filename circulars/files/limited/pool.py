"""A pool of processes for strangers' files, with limits on memory and time.

The processes live on from file to file. One that passes a limit is killed and replaced (pebble does both). Pebble gives
up all of its processes when one dies that has nothing to do: then they are started anew.
"""

import logging
import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as StillWaiting
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from multiprocessing.process import AuthenticationString  # type: ignore[attr-defined]
from multiprocessing.util import Finalize
from threading import Lock, Thread
from typing import Any, Generic, TypeVar

from django.conf import settings
from pebble import ProcessExpired, ProcessPool

from circulars.files.limited import work
from circulars.files.limited.folders import sweep_folders

T = TypeVar("T")

logger = logging.getLogger(__name__)

TASKS_OF_A_PROCESS = 200
"""After which it is replaced, so that nothing that leaks grows."""

_SLOTS = 64
_PLACES = 4
"""Numbers of one slot in the shared array: whose it is, the page, the pages, whether text is recognised."""
_LARGEST = 2**31 - 1
_POLL_SECONDS = 0.05
_TRIES = 2
_REPLACEMENTS = 3
_POOLS = 20
"""Pools that may end under a task, which has nothing to do with that. Then it is given up: none may be able to live."""


class StillRunning(Exception):
    """The task has not ended in the time that one wanted to wait for it."""


class LimitReached(Exception):
    """The task was given up.

    `limit` is "time", "memory", "ended" for a process that died twice over it or couldn't be started, or "error" for an
    exception of the reader itself, which is logged.
    """

    def __init__(self, limit: str) -> None:
        super().__init__(f"given up: {limit}")
        self.limit = limit


@dataclass(frozen=True)
class Progress:
    """The page that is being read and their number, 0 while neither is known; whether it is recognised (OCR)."""

    page: int = 0
    pages: int = 0
    is_recognised: bool = False


class Task(Generic[T]):
    """A function that a process of the pool runs. Its time begins when a process takes it up."""

    def __init__(self, pool: "LimitedPool", function: Callable[..., T], args: tuple[Any, ...]) -> None:
        self._pool, self._function, self._args = pool, function, args
        self._slot = pool.take_slot()
        self._tries = self._replacements = self._ended_pools = 0
        self._began: float | None = None
        try:
            self._start()
        except BaseException:
            self._give_slot()
            raise

    def _start(self) -> None:
        """Raises LimitReached if no process can be started."""
        self._began = None
        self._processes, self._future = self._pool.schedule(self._slot, self._function, self._args)

    @property
    def progress(self) -> Progress:
        """How far it is."""
        page, pages, recognised = self._pool.progress_of(self._slot)
        return Progress(page, pages, bool(recognised))

    def wait(self, seconds: float) -> T:
        """The result. Raises StillRunning after so many seconds, and LimitReached; both may be called for again."""
        end = time.monotonic() + seconds
        while True:
            self._check_time()
            left = end - time.monotonic()
            try:
                result: T | work.Failed = self._future.result(timeout=max(0, min(left, _POLL_SECONDS)))
            except StillWaiting:
                if not self._pool.is_alive(self._processes):
                    self._start_again(None)
                elif left <= 0:
                    raise StillRunning from None
            except MemoryError:
                self.close()
                raise LimitReached("memory") from None
            except CancelledError:
                self.close()
                raise LimitReached("time") from None
            except (ProcessExpired, BrokenProcessPool) as error:
                self._start_again(error)
            else:
                self.close()
                if isinstance(result, work.Failed):
                    raise LimitReached("error")
                return result

    def _check_time(self) -> None:
        """Kill the process if the time is over; text that is recognised from pictures has more."""
        now = time.monotonic()
        if self._began is None and self._future.running():
            self._began = now
        if self._began is not None:
            limits = self._pool.limits
            allowed = limits.recognition_seconds if self.progress.is_recognised else limits.seconds
            if now - self._began > allowed:
                self._future.cancel()

    def _start_again(self, error: ProcessExpired | BrokenProcessPool | None) -> None:
        """Only the end of the task's own process counts as a try. Raises LimitReached."""
        if not isinstance(error, ProcessExpired):
            self._ended_pools += 1
        elif error.exitcode == work.WORN_OUT and self._replacements < _REPLACEMENTS:
            self._replacements += 1
        else:
            self._tries += 1
        if self._tries >= _TRIES or self._ended_pools >= _POOLS:
            self.close()
            raise LimitReached("ended") from error
        self._start()

    def close(self) -> None:
        """End it if it still runs: its process is killed and replaced."""
        with suppress(CancelledError):
            self._future.cancel()
        self._give_slot()

    def _give_slot(self) -> None:
        if self._slot >= 0:
            self._pool.give_slot(self._slot)
            self._slot = -1


@dataclass(frozen=True)
class Limits:
    """Bytes of memory of one process, and seconds for one file; `recognition_seconds` while text is recognised."""

    memory: int
    seconds: float
    recognition_seconds: float


class LimitedPool:
    """Processes that run one task each at a time. Started with the first task."""

    def __init__(self, limits: Limits, processes: int) -> None:
        self.limits = limits
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([work.__name__])
        # The last place takes the progress of all tasks for which there is no other.
        self._progress = context.RawArray("i", _PLACES * (_SLOTS + 1))
        self._free = list(range(_SLOTS))
        self._owners = count(1)
        self._lock = Lock()
        self._new = partial(
            ProcessPool,
            max_workers=processes,
            max_tasks=TASKS_OF_A_PROCESS,
            initializer=work.begin,
            initargs=(limits.memory, self._progress),
            context=context,
        )
        self._pool = self._new()
        self._stopped = False

    def start(self, function: Callable[..., T], *args: Any) -> Task[T]:
        """Give the function to the next free process. It must be importable, its values plain."""
        return Task(self, function, args)

    def call(self, function: Callable[..., T], *args: Any, seconds: float | None = None) -> T:
        """The function's result, for which one waits at most so many seconds. Raises LimitReached."""
        task = self.start(function, *args)
        longest = 2 * (self.limits.seconds + self.limits.recognition_seconds)
        try:
            return task.wait(longest if seconds is None else seconds)
        except StillRunning:
            raise LimitReached("time") from None
        finally:
            task.close()

    def start_processes(self) -> None:
        """Have them import the reader now, without waiting for it."""
        self._living().schedule(work.page_sizes, args=(b"",))

    def stop(self) -> None:
        """End all processes."""
        self._stopped = True
        _end(self._pool)
        sweep_folders()

    # -- for Task

    def schedule(
        self, slot: int, function: Callable[..., Any], args: tuple[Any, ...]
    ) -> tuple[ProcessPool, Any]:
        """The processes that have the task, and its future. Raises LimitReached if none can be started.

        The slot gets a new owner: the process of an earlier task, which may still be being killed, tells nothing there.
        """
        owner = next(self._owners) % _LARGEST
        place = _PLACES * slot
        self._progress[place : place + _PLACES] = [owner, 0, 0, 0]
        for _try in range(_TRIES):
            processes = self._living()
            try:
                return processes, processes.schedule(work.run, args=(place, owner, function, *args))
            except (RuntimeError, OSError) as error:  # they have ended meanwhile, or none can be started
                logger.warning("No process that reads files can be given work: %s", error.__cause__ or error)
        raise LimitReached("ended")

    def is_alive(self, processes: ProcessPool) -> bool:
        """Whether they do what they are given; after `stop` nothing is begun anew."""
        return self._stopped or processes.active

    def progress_of(self, slot: int) -> list[int]:
        place = _PLACES * slot
        return list(self._progress[place + 1 : place + _PLACES])

    def take_slot(self) -> int:
        with self._lock:
            return self._free.pop() if self._free else _SLOTS

    def give_slot(self, slot: int) -> None:
        if slot < _SLOTS:
            with self._lock:
                self._free.append(slot)

    def _living(self) -> ProcessPool:
        """The processes, started anew if pebble has given them up or could not start all of them."""
        with self._lock:
            if not self._stopped and not _is_active(self._pool):
                logger.error("The processes that read files have ended and are started anew.")
                # What is left of the others is ended beside it: that takes seconds.
                Thread(target=_end, args=(self._pool,), daemon=True).start()
                self._pool = self._new()
            return self._pool


def _is_active(processes: ProcessPool) -> bool:
    """Whether they do what they are given. They are started by this if they weren't yet."""
    try:
        return processes.active
    except (RuntimeError, OSError):  # there is no memory, process or file for them
        return False


def _end(processes: ProcessPool) -> None:
    processes.stop()  # type: ignore[no-untyped-call]
    processes.join()


_lock = Lock()
_of_process: tuple[int, LimitedPool] | None = None


def limited_pool() -> LimitedPool:
    """The pool of this process, with the limits of the settings. Raises LimitReached if none can be made."""
    global _of_process
    with _lock:
        if _of_process is None or _of_process[0] != os.getpid():
            _allow_children()
            limits = Limits(
                settings.READING_MEMORY_MB * 1024 * 1024,
                settings.READING_SECONDS,
                settings.READING_RECOGNITION_SECONDS,
            )
            try:
                _of_process = (os.getpid(), LimitedPool(limits, settings.READING_PROCESSES))
            except OSError as error:  # no memory to share, or no room for its file
                raise LimitReached("ended") from error
            # Not by atexit: a child of a Celery worker doesn't run that, and would wait for the processes for ever.
            Finalize(None, _of_process[1].stop, exitpriority=10)
        return _of_process[1]


def start_early() -> None:
    """Start the processes of the pool before the first file comes: that takes one or two seconds."""
    limited_pool().start_processes()


def _allow_children() -> None:
    """Let a child of a Celery worker start processes. It is one of billiard's, with its facts.

    It is a daemon, which may have no children: the rule keeps orphans from being left behind, and ours end with their
    parent (`work.begin`). Its key is of a class that can be handed to billiard's children only.
    """
    config = getattr(multiprocessing.process.current_process(), "_config", {})
    config["daemon"] = False
    if "authkey" in config:
        config["authkey"] = AuthenticationString(config["authkey"])
