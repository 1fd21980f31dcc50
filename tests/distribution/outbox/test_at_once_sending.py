"""Concurrent workers, sweeps and bounces: each mail is sent once, each event written once, no deadlocks."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils import timezone

from distribution.feedback.returned_mail import read_returned_mail
from distribution.models import Channel, Delivery, EventKind, MailVerdict, Notice, NoticeKind, NoticeState
from distribution.models.notices.notice import STUCK_AFTER
from distribution.outbox.digest import form_digests
from distribution.outbox.record import lock_notice, mark_sent, record_remaining, record_sent
from distribution.outbox.send import claim_batch, send_due, sweep_notices
from tests.at_once import at_once, somebody_waits_for_a_lock
from tests.consistency import findings
from tests.factories import AgencyFactory, dispatched_to
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db(transaction=True)

EVENING = datetime(2026, 11, 2, 19, 0, tzinfo=ZoneInfo("Europe/Istanbul"))
MORNING = datetime(2026, 11, 3, 8, 31, tzinfo=ZoneInfo("Europe/Istanbul"))

BOUNCE = """From: MAILER-DAEMON@posta.example
To: bildirim@localhost
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

It could not be delivered.

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; posta.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 No such user

--x
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--x--
"""


def agrees() -> bool:
    return findings() == []


def test_two_workers_send_one_notice_once(postbox: Postbox) -> None:
    dispatched_to(AgencyFactory(), at=timezone.now())

    assert sum(at_once(send_due, send_due)) == 1

    assert len(postbox.mails) == 1
    assert agrees()


def test_four_workers_share_the_notices_without_a_double(postbox: Postbox) -> None:
    dispatched_to(*AgencyFactory.create_batch(60), at=timezone.now())

    assert sum(at_once(*[send_due] * 4)) == 60

    assert len({mail["Message-ID"] for mail in postbox.mails}) == len(postbox.mails) == 60
    assert agrees()


def test_a_bounce_that_arrives_while_its_mail_is_being_marked_is_kept(postbox: Postbox) -> None:
    dispatched_to(*AgencyFactory.create_batch(8), at=timezone.now())
    batch = claim_batch(at=timezone.now(), most=8)

    def bounced(notice: Notice) -> Callable[[], object]:
        raw = BOUNCE.format(address=notice.address, message_id=notice.message_id).encode()
        return lambda: read_returned_mail(raw=raw, at=timezone.now()).verdict

    def marked() -> object:
        for notice in batch:
            mark_sent(notice=notice, at=timezone.now())
        return record_sent(notices=batch, at=timezone.now())

    outcomes = at_once(marked, *map(bounced, batch))

    assert outcomes[1:] == [MailVerdict.BOUNCED] * 8
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.FAILED}
    for delivery in Delivery.objects.all():
        assert delivery.events.filter(kind=EventKind.BOUNCED).count() == 1
    assert agrees()


def test_two_sweeps_record_what_remained_once(postbox: Postbox) -> None:
    long_ago = timezone.now() - STUCK_AFTER * 2
    dispatched_to(*AgencyFactory.create_batch(12), at=long_ago)
    batch = claim_batch(at=long_ago + timedelta(seconds=1), most=12)
    for notice in batch[:6]:
        mark_sent(notice=notice, at=long_ago + timedelta(seconds=2))

    at_once(*[lambda: sweep_notices(at=timezone.now())] * 4)

    assert Notice.objects.filter(state=NoticeState.SENT).exclude(recorded_at=None).count() == 6
    freed = Notice.objects.filter(state=NoticeState.WAITING)
    assert sorted(freed.values_list("attempts", flat=True)) == [0, 0, 0, 0, 0, 1]
    for delivery in Delivery.objects.exclude(notified_at=None):
        assert delivery.events.filter(kind=EventKind.NOTIFIED).count() == 1
    assert agrees()


def test_recording_a_digest_holds_no_notice_that_a_withdrawal_asks_for_next(postbox: Postbox) -> None:
    unit = AgencyFactory(digests_letters=True)
    held = dispatched_to(unit, at=EVENING)
    form_digests(at=MORNING)
    dispatched_to(AgencyFactory(), at=EVENING)
    batch = claim_batch(at=MORNING, most=5)
    for notice in batch:
        mark_sent(notice=notice, at=MORNING)
    member = Notice.objects.get(delivery__circular=held)
    single = Notice.objects.get(kind=NoticeKind.LETTER, bundle=None)
    begun = Event()

    @transaction.atomic
    def lock_in_order() -> object:
        Notice.objects.select_for_update().get(pk=member.pk)
        begun.set()
        time.sleep(0.5)
        return Notice.objects.select_for_update(nowait=True).get(pk=single.pk).pk

    def record() -> object:
        begun.wait()
        return record_sent(notices=batch, at=MORNING)

    assert member.pk < single.pk
    assert at_once(lock_in_order, record) == [single.pk, 3]


def test_a_handover_may_replace_a_notice_that_a_report_holds() -> None:
    dispatched_to(AgencyFactory())
    failed = Notice.objects.get()
    begun = Event()

    @transaction.atomic
    def replace() -> object:
        Delivery.objects.select_for_update(no_key=True).get()
        begun.set()
        time.sleep(0.5)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '300ms'")
        return Notice.objects.create(
            delivery=failed.delivery,
            agency=failed.agency,
            replaces=failed,
            channel=Channel.HAND,
            message_id="<by-hand@localhost>",
            next_attempt_at=MORNING,
        ).replaces_id

    def report() -> object:
        begun.wait()
        with transaction.atomic():
            return lock_notice(notice=failed).pk

    assert at_once(replace, report) == [failed.pk, failed.pk]


ADVISORY = 20261112
"""Key of the advisory lock at which a claim is stopped between its snapshot and its first row."""


def claim_with_an_old_snapshot(has_locked: Event, may_end: Event) -> int:
    """The worker's claim, held up right after its snapshot until the advisory lock is free.

    Its transaction stays open until `may_end`. Returns the number of claimed notices.
    """

    def hold_up(
        execute: Callable[..., object], sql: str, params: object, many: bool, context: object
    ) -> object:
        if "SKIP LOCKED" not in sql:
            return execute(sql, params, many, context)
        stopped = f"WHERE (pg_advisory_xact_lock_shared({ADVISORY}) IS NOT NULL) AND "
        found = execute(sql.replace("WHERE ", stopped, 1), params, many, context)
        has_locked.set()
        may_end.wait(20)
        return found

    try:
        with connection.execute_wrapper(hold_up):
            return len(claim_batch(at=timezone.now(), most=5))
    finally:
        connection.close()


@pytest.mark.parametrize("kind", ["letters", "a digest"])
def test_what_a_worker_has_sent_it_records_although_an_older_claim_still_holds_the_rows(
    postbox: Postbox, kind: str
) -> None:
    """PostgreSQL keeps the locks of rows that fail the recheck after an update, until the transaction ends."""
    at = timezone.now()
    dispatched_to(*AgencyFactory.create_batch(5), at=at)
    if kind == "a digest":
        digest = digest_of_all(at)
        Notice.objects.exclude(pk=digest.pk).update(state=NoticeState.BUNDLED, bundle=digest)
    has_locked, may_end, let_go = Event(), Event(), ExitStack()

    with ThreadPoolExecutor(2) as pool, let_go:
        let_go.callback(may_end.set)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY])
            older = pool.submit(claim_with_an_old_snapshot, has_locked, may_end)
            wait_until(somebody_waits_for_a_lock)
            batch = claim_batch(at=timezone.now(), most=5)
            for notice in batch:
                mark_sent(notice=notice, at=timezone.now())
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY])
        assert has_locked.wait(20)

        assert record_remaining(before=timezone.now(), at=timezone.now()) == 0
        recorded = pool.submit(record_and_close, batch)
        wait_until(lambda: recorded.done() or somebody_waits_for_a_lock())
        may_end.set()
        assert older.result(20) == 0
        assert recorded.result(20) == (5 if kind == "letters" else 6)

    assert not Notice.objects.filter(recorded_at=None).exists()
    assert agrees()


def record_and_close(batch: list[Notice]) -> int:
    try:
        return record_sent(notices=batch, at=timezone.now())
    finally:
        connection.close()


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def digest_of_all(at: datetime) -> Notice:
    return Notice.objects.create(
        kind=NoticeKind.DIGEST,
        agency=AgencyFactory(),
        channel=Channel.EMAIL,
        address="birim@ornek.example",
        message_id="<ozet@localhost>",
        next_attempt_at=at,
    )


def test_what_the_sweep_cannot_record_now_is_named_in_the_log(
    postbox: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    dispatched_to(AgencyFactory(), at=timezone.now())
    (notice,) = claim_batch(at=timezone.now(), most=1)
    mark_sent(notice=notice, at=timezone.now())

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        lock_notice(notice=notice)

        def sweep() -> int:
            try:
                return record_remaining(before=timezone.now(), at=timezone.now())
            finally:
                connection.close()

        assert pool.submit(sweep).result(20) == 0

    assert str(notice.pk) in caplog.text
    assert record_remaining(before=timezone.now(), at=timezone.now()) == 1


def test_a_held_notice_that_is_locked_while_the_digest_is_formed_is_in_the_digest() -> None:
    unit = AgencyFactory(digests_letters=True)
    dispatched_to(unit, at=EVENING)
    dispatched_to(unit, at=EVENING)

    def form() -> int:
        try:
            return form_digests(at=MORNING)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_notice(notice=Notice.objects.earliest("pk"))
            formed = pool.submit(form)
            wait_until(lambda: formed.done() or somebody_waits_for_a_lock())
        assert formed.result(20) == 1

    assert Notice.objects.filter(state=NoticeState.BUNDLED).count() == 2
