"""10,000 notices through the workers of the Procfile, against an smtplib loop over one connection."""

import os
import smtplib
import time
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from benchmarks.measure import compare
from benchmarks.running import end, mail_server, worker
from benchmarks.workload import MANY, drafts_to_many, prepare_workload
from circulars.models import Circular
from distribution.models import Notice, NoticeState
from distribution.outbox.channels.email import EmailChannel
from distribution.outbox.channels.smtp import bytes_of
from distribution.outbox.wake_up import wake_workers
from distribution.services.sending.dispatch import dispatch

PORT = int(os.environ.get("BENCH_SMTP_PORT", "18025"))
ROUNDS = 3
NEVER = timedelta(days=3650)
PATIENCE = 600


def notices_10k() -> None:
    """Ours: from the wake-up until the last notice is sent and recorded. Limit: sending the same, prebuilt mails.

    The worker is that of the Procfile (Celery with two processes). It and the SMTP server, a separate process,
    are already running. The rate limit is disabled.
    """
    sender, issuer = prepare_workload()
    letters = drafts_to_many(sender, issuer)
    Notice.objects.exclude(state=NoticeState.SENT).update(state=NoticeState.CANCELLED)
    circulars = []
    for _ in range(ROUNDS + 1):
        circular = next(letters)
        dispatch(circular=circular, by=sender, at=timezone.now() + NEVER)
        circulars.append(circular)
    notices = Notice.objects.filter(delivery__circular=circulars[0]).select_related(
        "agency", "delivery__circular__issuer", "delivery__agency", "delivery__successor"
    )
    channel = EmailChannel()
    built = [(notice.address, bytes_of(channel.message(notice))) for notice in notices[:500]]
    with connection.cursor() as cursor:
        cursor.execute(
            "VACUUM ANALYZE distribution_notice, distribution_delivery, distribution_deliveryevent"
        )

    def ours() -> None:
        circular = circulars.pop()
        wake_workers(MANY)
        until_recorded(circular)

    def make_due() -> None:
        if circulars:
            Notice.objects.filter(delivery__circular=circulars[-1]).update(next_attempt_at=timezone.now())

    def limit() -> None:
        with smtplib.SMTP("127.0.0.1", PORT) as server:
            for number in range(MANY):
                address, content = built[number % len(built)]
                server.sendmail("bildirim@localhost", [address], content)

    mail = f"smtp://127.0.0.1:{PORT}"
    with mail_server(str(PORT)):
        workers = worker("--concurrency=2", environment={"EMAIL_URL": mail, "EMAIL_RATE": "1000000/minute"})
        try:
            make_due()
            compare("notices_10k", ours, limit, rounds=ROUNDS, warm_up=1, after_each=make_due)
        finally:
            end(workers)


def until_recorded(circular: Circular) -> None:
    """Wait until every notice of the letter is sent and recorded. Raises TimeoutError after ten minutes."""
    deadline = time.monotonic() + PATIENCE
    while Notice.objects.filter(delivery__circular=circular, recorded_at=None).exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Not everything was sent within {PATIENCE} s.")
        time.sleep(0.05)
