"""The faults that the drill injects."""

import subprocess
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import redis
from django.conf import settings
from django.utils import timezone

from benchmarks.ground import drafts, lay_ground
from circulars.models import Circular
from distribution.models import Notice, NoticeState
from distribution.models.notice import STUCK_AFTER
from distribution.services.dispatch import dispatch
from distribution.services.notify import sweep

if TYPE_CHECKING:
    from benchmarks.drill import Counting

PATIENCE = 180
KILLS = 5
Outcome = tuple[str, int, int, int]
Worker = subprocess.Popen[bytes]


class Faults:
    """Each fault dispatches a letter to 266 recipients, does its harm, and counts."""

    def __init__(
        self, server: "Counting", start_worker: Callable[[], Worker], kill: Callable[[Worker], None]
    ) -> None:
        self.server = server
        self.start_worker = start_worker
        self.kill = kill
        self.sender, issuer = lay_ground()
        Notice.objects.exclude(state=NoticeState.SENT).update(state=NoticeState.FAILED)
        self.letters = drafts(self.sender, issuer)

    def all(self) -> Iterator[Callable[[], Outcome]]:
        """Every fault in turn."""
        yield self.worker_killed
        yield self.redis_flushed
        yield self.smtp_refuses

    def worker_killed(self) -> Outcome:
        """The worker is killed with SIGKILL in the middle of sending, several times."""
        self.server.delay = 0.02
        worker = self.start_worker()
        circular = self._dispatch()
        killed = 0
        while killed < KILLS and self._waiting(circular):
            enough = self._sent(circular) + 20
            self._until(lambda enough=enough: self._sent(circular) >= enough or not self._waiting(circular))
            self.kill(worker)
            killed += 1
            worker = self.start_worker()
            sweep(at=timezone.now() + STUCK_AFTER * 2)
        self.server.delay = 0.0
        self._finish(circular, worker)
        return ("worker_killed", killed, *self._counted(circular))

    def redis_flushed(self) -> Outcome:
        """Redis loses everything right after the dispatch; the sweep wakes the worker anew."""
        circular = self._dispatch()
        redis.Redis.from_url(settings.REDIS_URL).flushall()
        worker = self.start_worker()
        self._finish(circular, worker)
        return ("redis_flushed", 1, *self._counted(circular))

    def smtp_refuses(self) -> Outcome:
        """The mail server answers 451 to every fifth mail; the notice is tried again after its backoff."""
        self.server.refuse_every, self.server.refused = 5, 0
        worker = self.start_worker()
        circular = self._dispatch()
        self._until(lambda: not Notice.objects.due(timezone.now()).exists())
        self.server.refuse_every = 0
        self._finish(circular, worker)
        return ("smtp_refuses", self.server.refused, *self._counted(circular))

    def _dispatch(self) -> Circular:
        return dispatch(circular=next(self.letters), by=self.sender, at=timezone.now()).circular

    def _notices(self, circular: Circular) -> "list[Notice]":
        return list(Notice.objects.filter(delivery__circular=circular))

    def _waiting(self, circular: Circular) -> bool:
        return Notice.objects.filter(delivery__circular=circular).exclude(state=NoticeState.SENT).exists()

    def _sent(self, circular: Circular) -> int:
        return Notice.objects.filter(delivery__circular=circular, state=NoticeState.SENT).count()

    def _until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not done() and time.monotonic() < end:
            time.sleep(0.05)

    def _finish(self, circular: Circular, worker: Worker) -> None:
        """What the beat and the clock do in a running product: sweep, with the backoff's minutes gone by."""
        end = time.monotonic() + PATIENCE
        while self._waiting(circular) and time.monotonic() < end:
            moment = timezone.now()
            Notice.objects.filter(delivery__circular=circular, state=NoticeState.WAITING).update(
                next_attempt_at=moment
            )
            sweep(at=moment)
            time.sleep(1)
        self.kill(worker)

    def _counted(self, circular: Circular) -> tuple[int, int]:
        """Lost: notices without a mail, or not recorded as sent. Duplicated: mails beyond the first of a notice."""
        notices = self._notices(circular)
        lost = sum(
            1
            for notice in notices
            if not self.server.seen[notice.message_id] or notice.state != NoticeState.SENT
        )
        duplicated = sum(max(self.server.seen[notice.message_id] - 1, 0) for notice in notices)
        return lost, duplicated
