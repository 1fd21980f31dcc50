"""Concurrent workers, sweeps and bounces: each mail is sent once, each event written once, no deadlocks."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils import timezone

from distribution.feedback.returned_mail import read_returned_mail
from distribution.models import Channel, Delivery, EventKind, MailVerdict, Notice, NoticeKind, NoticeState
from distribution.models.notice import STUCK_AFTER
from distribution.outbox.digest import form_digests
from distribution.outbox.record import lock_notice, mark_sent, record_sent
from distribution.outbox.send import claim_batch, send_due, sweep_notices
from tests.at_once import at_once
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
