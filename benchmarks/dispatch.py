"""Dispatch to 266 and to 10,000 recipients, against raw INSERT ... SELECT of the same rows."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from agencies.models import User
from benchmarks.measure import ROUNDS, WARM_UP, compare
from benchmarks.workload import MANY, RECIPIENTS, drafts, drafts_to_many, prepare_workload
from circulars.models import Circular
from distribution.models import Delivery
from distribution.services.sending.dispatch import dispatch

COPY_DELIVERIES = """
    INSERT INTO distribution_delivery
        (public_id, circular_id, agency_id, line_id, purpose, created_at, path, note, acknowledged_name,
         acknowledged_title, acknowledged_sha256, register_number, disposition, answer_note, return_ground,
         return_reason, withdrawal_reason, link_serial, reminders_done)
    SELECT gen_random_uuid(), %(target)s, agency_id, line_id, purpose, created_at, '{}', '', '', '', '', '', '',
           '', '', '', '', 0, 0
    FROM distribution_delivery WHERE circular_id = %(source)s
"""
COPY_EVENTS = """
    INSERT INTO distribution_deliveryevent
        (delivery_id, sequence, kind, at, by_id, for_agency_id, data, previous_hash, hash)
    SELECT mine.id, event.sequence, event.kind, event.at, event.by_id, event.for_agency_id, event.data,
           event.previous_hash, event.hash
    FROM distribution_deliveryevent event
    JOIN distribution_delivery theirs ON theirs.id = event.delivery_id AND theirs.circular_id = %(source)s
    JOIN distribution_delivery mine ON mine.agency_id = theirs.agency_id AND mine.circular_id = %(target)s
    WHERE event.sequence = 1
"""
COPY_NOTICES = """
    INSERT INTO distribution_notice
        (kind, delivery_id, agency_id, data, channel, address, message_id, state, attempts, next_attempt_at,
         last_error)
    SELECT notice.kind, mine.id, notice.agency_id, '{}', notice.channel, notice.address, gen_random_uuid()::text,
           'waiting', 0, notice.next_attempt_at, ''
    FROM distribution_notice notice
    JOIN distribution_delivery theirs ON theirs.id = notice.delivery_id AND theirs.circular_id = %(source)s
    JOIN distribution_delivery mine ON mine.agency_id = theirs.agency_id AND mine.circular_id = %(target)s
"""


def dispatch_266() -> None:
    """Dispatch the sample letter to its 266 recipients."""
    sender, issuer = prepare_workload()
    _measure("dispatch_266", sender, drafts(sender, issuer), recipients=RECIPIENTS, rounds=ROUNDS)


def dispatch_10k() -> None:
    """Dispatch a letter to 10,000 recipients."""
    sender, issuer = prepare_workload()
    _measure("dispatch_10k", sender, drafts_to_many(sender, issuer), recipients=MANY, rounds=5)


def _measure(name: str, sender: User, letters: Iterator[Circular], *, recipients: int, rounds: int) -> None:
    """Ours: the service, commit included. Limit: three raw statements and a commit."""
    source = next(letters)
    # Dated a month back, so that no other measure takes these notices for due ones.
    at = timezone.now() - timedelta(days=30)
    dispatch(circular=source, by=sender, at=at)
    assert source.deliveries.count() == recipients
    ready = [next(letters) for _ in range(rounds + WARM_UP)]
    targets = [next(letters) for _ in range(rounds + WARM_UP)]

    def ours() -> None:
        dispatch(circular=ready.pop(), by=sender, at=at)

    def limit() -> None:
        ids = {"source": source.pk, "target": targets.pop().pk}
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in (COPY_DELIVERIES, COPY_EVENTS, COPY_NOTICES):
                cursor.execute(statement, ids)
                assert cursor.rowcount == recipients

    compare(name, ours, limit, rounds=rounds)
    assert Delivery.objects.filter(circular=source).count() == recipients
