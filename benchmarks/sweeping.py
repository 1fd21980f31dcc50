"""The periodic task over 1,000,000 sent and 1,000 due notices, against 10,000 sent and 1,000 due."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks.measure import ROUNDS, WARM_UP, say, timed
from benchmarks.workload import drafts, prepare_workload
from config.celery import app
from distribution.outbox import send as outbox
from distribution.services.sending.dispatch import dispatch

FEW, MANY_SENT, DUE = 10_000, 1_000_000, 1_000

ADD = """
    INSERT INTO distribution_notice
        (kind, delivery_id, agency_id, data, channel, address, message_id, state, attempts, next_attempt_at, sent_at,
         recorded_at, last_error)
    SELECT 'letter', delivery.id, delivery.agency_id, '{}', 'email', 'olcum@ornek.example',
           gen_random_uuid()::text, %(state)s, 1, %(at)s, %(sent)s, %(sent)s, ''
    FROM generate_series(1, %(count)s) AS number
    CROSS JOIN (SELECT id, agency_id FROM distribution_delivery WHERE circular_id = %(circular)s LIMIT 1) AS delivery
"""
EMPTY = """
    SET session_replication_role = replica;
    TRUNCATE distribution_notice CASCADE;
    SET session_replication_role = origin
"""
"""The triggers of what refers to notices refuse TRUNCATE."""


def sweep() -> None:
    """Both run the service, wake-up calls included; the small set first, then the large one."""
    sender, issuer = prepare_workload()
    letter = next(drafts(sender, issuer))
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
        dispatch(circular=letter, by=sender, at=now + timedelta(days=3650))
        common: dict[str, Any] = {"at": now - timedelta(hours=1), "circular": letter.pk}
        cursor.execute(ADD, {**common, "state": "waiting", "sent": None, "count": DUE})
        took = []
        for more in (FEW, MANY_SENT - FEW):
            cursor.execute(ADD, {**common, "state": "sent", "sent": now, "count": more})
            cursor.execute("VACUUM ANALYZE distribution_notice")
            rounds = [
                timed(lambda: outbox.sweep_notices(at=timezone.now())) for _ in range(WARM_UP + ROUNDS * 3)
            ]
            took.append(rounds[WARM_UP:])
        cursor.execute(EMPTY)
    app.control.purge()
    assert outbox.sweep_notices(at=timezone.now()) == 0
    few, many = took
    say("sweep", many, few)
