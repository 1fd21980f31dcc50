"""Several workers, sweeps and bounces at once: each mail leaves once, each step is written once, nothing blocks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from distribution.models import Delivery, EventKind, MailVerdict, Notice, NoticeState
from distribution.models.notice import STUCK_AFTER
from distribution.services.check_consistency import check_consistency
from distribution.services.notify import claim_share, send_due, sweep
from distribution.services.returned_mail import read_returned_mail
from distribution.services.sent import mark_sent, record_sent
from tests.at_once import at_once
from tests.factories import AgencyFactory, dispatched_to
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db(transaction=True)

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
    return list(check_consistency(at=timezone.now())) == []


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


def test_a_bounce_that_comes_while_its_mail_is_being_marked_stands(postbox: Postbox) -> None:
    dispatched_to(*AgencyFactory.create_batch(8), at=timezone.now())
    share = claim_share(at=timezone.now(), most=8)

    def bounced(notice: Notice) -> Callable[[], object]:
        raw = BOUNCE.format(address=notice.address, message_id=notice.message_id).encode()
        return lambda: read_returned_mail(raw=raw, at=timezone.now()).verdict

    def marked() -> object:
        for notice in share:
            mark_sent(notice=notice, at=timezone.now())
        return record_sent(notices=share, at=timezone.now())

    outcomes = at_once(marked, *map(bounced, share))

    assert outcomes[1:] == [MailVerdict.BOUNCED] * 8
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.FAILED}
    for delivery in Delivery.objects.all():
        assert delivery.events.filter(kind=EventKind.BOUNCED).count() == 1
    assert agrees()


def test_two_sweeps_record_what_was_left_over_once(postbox: Postbox) -> None:
    long_ago = timezone.now() - STUCK_AFTER * 2
    dispatched_to(*AgencyFactory.create_batch(12), at=long_ago)
    share = claim_share(at=long_ago + timedelta(seconds=1), most=12)
    for notice in share[:6]:
        mark_sent(notice=notice, at=long_ago + timedelta(seconds=2))

    at_once(*[lambda: sweep(at=timezone.now())] * 4)

    assert Notice.objects.filter(state=NoticeState.SENT).exclude(recorded_at=None).count() == 6
    freed = Notice.objects.filter(state=NoticeState.WAITING)
    assert sorted(freed.values_list("attempts", flat=True)) == [0, 0, 0, 0, 0, 1]
    for delivery in Delivery.objects.exclude(notified_at=None):
        assert delivery.events.filter(kind=EventKind.NOTIFIED).count() == 1
    assert agrees()
