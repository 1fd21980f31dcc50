"""Outages of what the product depends on: a relay that refuses, Redis, the worker's main process.

Each: dispatch a letter to 266 recipients, cause the outage, see that it is said and that nothing is tried in
vain, end it, and see that every notice leaves once. Counted as in the storm: refusals or kills, losses, duplicates.
"""

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from agencies.models import Membership, Role, User
from benchmarks.faults.ledger import Fault
from benchmarks.faults.moody_server import PASSWORD, USER, Moody
from benchmarks.running import end, start, worker
from benchmarks.workload import drafts, prepare_workload
from circulars.models import Circular
from config.processes import end as end_process
from config.servers import Server
from distribution.models import ChannelStatus, Notice, NoticeState
from distribution.outbox.claims import take_over
from distribution.outbox.send import sweep_notices
from distribution.services.sending.dispatch import dispatch
from distribution.services.sending.send_now import send_now

PORT = int(os.environ.get("DRILL_SMTP_PORT", "18125")) + 10
PATIENCE = 120
IN_VAIN = 40
"""So many refusals at most: a few tries of each sending process."""

PEOPLE = 20
SECRET = "drill-parolasi"


class Outages:
    """One run of all outages, on the drill's private servers."""

    def __init__(self, redis_server: Server, data: Path) -> None:
        self.redis = redis_server
        self.data = data
        self.wrong: list[str] = []
        self.sender, self.issuer = prepare_workload()
        self.sender.set_password(SECRET)
        self.sender.save()
        Membership.objects.get_or_create(
            user=self.sender, agency=self.issuer, role=Role.SENDER, defaults={"active_from": "2020-01-01"}
        )
        self.drafts = drafts(self.sender, self.issuer)
        self.server = Moody(PORT)
        self.environment = {"EMAIL_URL": f"smtp://{USER}:{PASSWORD}@127.0.0.1:{PORT}"}

    def run(self) -> list[str]:
        """Run them all and print a line for each. Returns what went wrong."""
        static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        self.server.controller.start()
        try:
            with override_settings(STORAGES={**settings.STORAGES, "staticfiles": static}):
                self._refusing("relay_refused")
                self._refusing("quota_used_up")
                self._wrong_password()
                self._redis_away()
                self._worker_main_killed()
        finally:
            self.server.controller.stop()
        return self.wrong

    def _refusing(self, mood: str) -> None:
        self.server.mood = mood
        with self._worker():
            circular = self._dispatch()
            self._until(ChannelStatus.objects.suspended().exists, f"{mood}: the channel isn't suspended.")
            self._pass_time(6)
            self._is_said(circular, mood, "gönderilemiyor")
            self.server.mood = ""
            ChannelStatus.objects.update(tried_at=timezone.now() - timedelta(minutes=1))
            send_now(circular=circular, at=timezone.now())
            self._finish(circular, mood)

    def _wrong_password(self) -> None:
        name = "wrong_password"
        self.server.password = "changed"
        with self._worker():
            circular = self._dispatch()
            self._until(ChannelStatus.objects.suspended().exists, f"{name}: the channel isn't suspended.")
            self._pass_time(6)
            self._is_said(circular, name, "parolayı kabul etmiyor")
        self.server.password = PASSWORD
        with self._worker():
            ChannelStatus.objects.update(next_try_at=timezone.now())
            self._finish(circular, name)

    def _redis_away(self) -> None:
        name = "redis_away"
        people = [User.objects.get_or_create(username=f"drill{number}")[0] for number in range(PEOPLE)]
        for person in people:
            person.set_password(SECRET)
            person.save()
        with self._worker():
            pid = self.redis.listener()
            assert pid is not None
            end_process(pid, signal.SIGKILL)
            circular = self._dispatch()
            self._is_said(circular, name, "(Redis) ulaşılamıyor")
            for person in people:
                form = {"login": person.username, "password": SECRET}
                if Client(SERVER_NAME="localhost").post(reverse("account_login"), form).status_code != 302:
                    self.wrong.append(f"{name}: {person} can't sign in.")
            self.redis.restart(signal.SIGKILL)
            self._finish(circular, name, injected=1)

    def _worker_main_killed(self) -> None:
        name = "worker_main_killed"
        log = self.data / "supervise.log"
        log.unlink(missing_ok=True)
        procfile = self.data / "Procfile"
        procfile.write_text(
            f"worker: exec {sys.executable} -m celery -q -A config worker --concurrency=2 --loglevel=error\n"
        )
        supervisor = start(
            "-u", "-m", "config.supervise", str(procfile), environment=self.environment, log=log
        )
        try:
            self._until(lambda: bool(_pids(log)), f"{name}: no worker was started.")
            circular = self._dispatch()
            self._until(lambda: self._of(circular, NoticeState.SENT) > 20, f"{name}: nothing is sent.")
            os.kill(_pids(log)[0], signal.SIGKILL)
            self._until(lambda: len(_pids(log)) > 1, f"{name}: the worker isn't restarted.")
            self._finish(circular, name, injected=1)
        finally:
            end(supervisor)
            for pid in _pids(log):
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)

    @contextmanager
    def _worker(self) -> Iterator[None]:
        process = worker("--concurrency=2", environment=self.environment, log=self.data / "workers.log")
        try:
            yield
        finally:
            end(process)

    def _dispatch(self) -> Circular:
        self.server.taken.clear()
        self.server.refusals = 0
        return dispatch(circular=next(self.drafts), by=self.sender, at=timezone.now()).circular

    def _of(self, circular: Circular, *states: NoticeState) -> int:
        return Notice.objects.filter(delivery__circular=circular, state__in=states).count()

    def _pass_time(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            take_over(at=timezone.now())
            sweep_notices(at=timezone.now())
            time.sleep(1)

    def _until(self, is_so: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            if time.monotonic() > deadline:
                self.wrong.append(otherwise)
                return
            self._pass_time(0.5)

    def _is_said(self, circular: Circular, name: str, words: str) -> None:
        client = Client(SERVER_NAME="localhost")
        client.force_login(self.sender, backend="allauth.account.auth_backends.AuthenticationBackend")
        page = client.get(reverse("letter", args=[circular.public_id])).content.decode()
        if words not in page:
            self.wrong.append(f"{name}: the letter's page doesn't say “{words}”.")

    def _finish(self, circular: Circular, name: str, injected: int | None = None) -> None:
        """Wait until everything has left, and print the line."""
        pending = (NoticeState.WAITING, NoticeState.SENDING)
        self._until(lambda: not self._of(circular, *pending), f"{name}: not everything has left.")
        ids = set(Notice.objects.filter(delivery__circular=circular).values_list("message_id", flat=True))
        fault = Fault(name, injected=self.server.refusals if injected is None else injected)
        fault.lost = sum(not self.server.taken[each] for each in ids)
        fault.duplicated = sum(max(self.server.taken[each] - 1, 0) for each in ids)
        print(fault.line(), flush=True)
        if fault.lost:
            self.wrong.append(f"{name}: {fault.lost} notices did not arrive.")
        if injected is None and fault.injected > IN_VAIN:
            self.wrong.append(f"{name}: the server was asked {fault.injected} times in vain.")
        if fault.duplicated > (2 if name == "worker_main_killed" else 0):
            self.wrong.append(f"{name}: {fault.duplicated} notices arrived twice.")


def _pids(log: Path) -> list[int]:
    """The process ids that the supervisor has started."""
    return [int(pid) for pid in re.findall(r"started \(pid=(\d+)\)", log.read_text() if log.exists() else "")]
