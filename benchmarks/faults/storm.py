"""All faults combined: workers killed, Redis flushed and restarted, PostgreSQL restarted and crashed, faulty SMTP.

1. dispatch one letter to 10,000 units
2. three workers send, each with one sending process and its own SMTP port
3. inject a fault after every given number of sent notices; run the periodic tasks and advance time meanwhile
4. when nothing remains to be sent or recorded, compare the server's log with the notices
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import redis
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from benchmarks.faults.ledger import Fault, most_common_words, read_log, settle
from benchmarks.running import Process, end, mail_server, worker
from benchmarks.workload import MANY, drafts_to_many, prepare_workload
from config.servers import Server
from distribution.models import ChannelStatus, Notice, NoticeState
from distribution.outbox.outages.lost_connection import retry_on_lost_connection
from distribution.outbox.send import sweep_notices
from distribution.services.sending.dispatch import dispatch

PORT = int(os.environ.get("DRILL_SMTP_PORT", "18125"))
PORTS = [PORT, PORT + 1, PORT + 2]
KILLS = 20
PATIENCE = 600
BEAT = 2.0

KILL_EVERY = MANY * 0.85 / (KILLS + 1)
REDIS_FLUSHED, POSTGRES_RESTARTED, REDIS_RESTARTED, POSTGRES_CRASHED = (
    MANY * part for part in (0.2, 0.35, 0.5, 0.65)
)
UNDER_WAY = Q(state=NoticeState.SENDING) | Q(state=NoticeState.SENT, recorded_at=None)
NOT_LEFT = Q(state__in=[NoticeState.WAITING, NoticeState.SENDING])


class Storm:
    """One run of the drill, on private servers that it may restart."""

    def __init__(self, postgres: Server, redis_server: Server, data: Path) -> None:
        self.postgres = postgres
        self.redis = redis_server
        self.log = data / "smtp.log"
        self.worker_log = data / "workers.log"
        self.worker_log.unlink(missing_ok=True)
        names = [
            "worker_killed",
            "redis_flushed",
            "redis_restarted",
            "postgres_restarted",
            "postgres_crashed",
        ]
        names += ["smtp_refused", "smtp_dropped", "smtp_rejected"]
        self.faults = {name: Fault(name) for name in names}
        self.kills: list[tuple[float, int]] = []
        self.workers: dict[int, Process] = {}
        self.begun: dict[int, float] = {}
        self.plan: list[tuple[float, str, Q, Callable[[], object]]] = [
            (REDIS_FLUSHED, "redis_flushed", NOT_LEFT, self._flush_redis),
            (POSTGRES_RESTARTED, "postgres_restarted", UNDER_WAY, partial(postgres.restart, signal.SIGINT)),
            (REDIS_RESTARTED, "redis_restarted", NOT_LEFT, partial(redis_server.restart, signal.SIGKILL)),
            (POSTGRES_CRASHED, "postgres_crashed", UNDER_WAY, partial(postgres.restart, signal.SIGQUIT)),
        ]

    def run(self) -> int:
        """Run the drill. Returns the exit code."""
        sender, issuer = prepare_workload()
        dispatch(circular=next(drafts_to_many(sender, issuer)), by=sender, at=timezone.now())
        begun = time.monotonic()
        with mail_server(str(self.log), *map(str, PORTS), module="benchmarks.faults.bad_server"):
            try:
                for port in PORTS:
                    self._start(port)
                finished = self._strike_until_done(begun + PATIENCE)
            finally:
                for process in self.workers.values():
                    end(process)
        return self._say(finished, time.monotonic() - begun)

    def _strike_until_done(self, deadline: float) -> bool:
        beat = 0.0
        while time.monotonic() < deadline:
            time.sleep(0.2)
            if time.monotonic() - beat > BEAT:
                retry_on_lost_connection(self._advance_clock)
                retry_on_lost_connection(partial(sweep_notices, at=timezone.now()))
                beat = time.monotonic()
            sent = retry_on_lost_connection(Notice.objects.filter(state=NoticeState.SENT).count)
            if not retry_on_lost_connection(Notice.objects.filter(NOT_LEFT | UNDER_WAY).exists):
                return True
            if self.plan and sent >= self.plan[0][0]:
                _when, name, at_risk, strike = self.plan.pop(0)
                self._strike(name, at_risk)
                strike()
            elif len(self.kills) < KILLS and sent >= KILL_EVERY * (len(self.kills) + 1):
                self._kill_one()
        return False

    def _advance_clock(self) -> None:
        """Simulate the passing of time: end backoffs, and the waiting times of a suspended channel."""
        now = timezone.now()
        Notice.objects.filter(state=NoticeState.WAITING, next_attempt_at__gt=now).update(next_attempt_at=now)
        ChannelStatus.objects.filter(next_try_at__gt=now).update(next_try_at=now)

    def _strike(self, name: str, at_risk: Q) -> None:
        self.faults[name].injected += 1
        self.faults[name].at_risk |= set(
            retry_on_lost_connection(
                lambda: list(Notice.objects.filter(at_risk).values_list("message_id", flat=True))
            )
        )
        print(f"  {name}", file=sys.stderr, flush=True)

    def _kill_one(self) -> None:
        """SIGKILL the worker that has been sending for the longest time, if any."""
        busy = {line.port for line in read_log(self.log) if line.at > self.begun[line.port]}
        if not busy:
            return
        port = min(busy, key=self.begun.__getitem__)
        self._strike("worker_killed", UNDER_WAY)
        end(self.workers[port], signal.SIGKILL)
        self.kills.append((time.time(), port))
        self._start(port)

    def _start(self, port: int) -> None:
        mail = {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        name = f"--hostname=drill{port}-{len(self.kills)}@%h"
        self.workers[port] = worker("--concurrency=1", name, environment=mail, log=self.worker_log)
        self.begun[port] = time.time()

    def _flush_redis(self) -> None:
        redis.Redis.from_url(self.redis.url).flushall()

    def _say(self, finished: bool, seconds: float) -> int:
        connection.close()
        lines = read_log(self.log)
        notices = Notice.objects.select_related("delivery").order_by("pk")
        wrong = settle(lines, notices.iterator(), self.faults, self.kills)
        wrong += [f"{name} was not injected." for name, fault in self.faults.items() if not fault.injected]
        if len(self.kills) < KILLS:
            wrong.append(f"Only {len(self.kills)} workers were killed.")
        if not finished:
            wrong.append(f"The drill did not finish within {PATIENCE} s.")
        print(f"  {seconds:.0f} s; the server said: {most_common_words(lines)}", file=sys.stderr)
        for fault in self.faults.values():
            print(fault.line(), flush=True)
        for words in wrong[:50]:
            print(f"  {words}", file=sys.stderr)
        try:
            call_command("check_consistency")
        except CommandError as error:
            wrong.append(str(error))
            print(f"  {error}", file=sys.stderr)
        return 1 if wrong else 0
