"""Returned mail: parsing, matching, and protection against forged failures."""

import time
from datetime import timedelta

import pytest

from agencies.models import Agency
from circulars.models import Circular
from distribution.feedback.bounces import MOST_PARTS, read_mail
from distribution.feedback.returned_mail import read_returned_mail
from distribution.models import (
    Channel,
    Delivery,
    DeliveryEvent,
    EventKind,
    MailVerdict,
    Notice,
    NoticeKind,
    NoticeState,
    ReturnedMail,
    Stage,
)
from distribution.outbox.send import send_due
from distribution.outbox.write import post, to_person
from distribution.services.receiving.acknowledge import acknowledge
from tests.consistency import findings
from tests.distribution import reports
from tests.factories import (
    MOMENT,
    AgencyFactory,
    UserFactory,
    claimed,
    dispatched_to,
    left,
    recipient_of,
)

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(hours=1)


@pytest.fixture
def agency() -> Agency:
    return AgencyFactory(email="birim@kurum.example")


@pytest.fixture
def notice(agency: Agency) -> Notice:
    """A notice sent by e-mail."""
    dispatched_to(agency)
    return sent()


def sent() -> Notice:
    notice = claimed()
    left(notice)
    return notice


def read(raw: bytes) -> ReturnedMail:
    return read_returned_mail(raw=raw, at=LATER)


def test_a_report_of_failure_is_seen_at_the_notice_with_what_the_server_said(notice: Notice) -> None:
    returned = read(reports.dsn(notice.message_id, notice.address))

    assert (returned.verdict, returned.notice) == (MailVerdict.BOUNCED, notice)
    assert returned.status == "5.1.1"
    assert "User unknown" in returned.diagnosis
    notice.refresh_from_db()
    assert notice.state == NoticeState.FAILED
    assert "User unknown" in notice.last_error
    event = Delivery.objects.get().events.get(kind=EventKind.BOUNCED)
    assert event.at == LATER
    assert event.data["address"] == "birim@kurum.example"


def test_a_unit_whose_only_notice_came_back_is_not_notified(notice: Notice) -> None:
    assert Delivery.objects.get().notified_at is not None

    read(reports.dsn(notice.message_id, notice.address))

    delivery = Delivery.objects.get()
    assert (delivery.notified_at, delivery.stage) == (None, Stage.WAITING)
    assert findings() == []


def test_the_units_next_channel_takes_over(agency: Agency) -> None:
    Agency.objects.update(channels=["email", "inbox"])
    recipient_of(agency)
    dispatched_to(agency)
    notice = sent()

    read(reports.dsn(notice.message_id, notice.address))

    instead = Notice.objects.get(replaces=notice)
    assert (instead.channel, instead.state) == (Channel.INBOX, NoticeState.WAITING)
    assert send_due() == 1
    assert Delivery.objects.get().reached_at is not None


def test_a_unit_that_has_confirmed_meanwhile_is_not_notified_again(agency: Agency) -> None:
    Agency.objects.update(channels=["email", "inbox"])
    person = recipient_of(agency)
    dispatched_to(agency)
    notice = sent()
    acknowledge(delivery=Delivery.objects.get().public_id, by=person, at=MOMENT)

    read(reports.dsn(notice.message_id, notice.address))
    send_due()

    assert Notice.objects.get(replaces=notice).state == NoticeState.CANCELLED


def test_the_same_report_read_again_changes_nothing(notice: Notice) -> None:
    raw = reports.dsn(notice.message_id, notice.address)
    read(raw)
    events = DeliveryEvent.objects.count()

    again = read_returned_mail(raw=raw, at=LATER + timedelta(days=1))

    assert again.received_at == LATER
    assert (ReturnedMail.objects.count(), DeliveryEvent.objects.count()) == (1, events)


def test_a_second_report_of_the_same_failure_is_kept_and_changes_nothing(notice: Notice) -> None:
    read(reports.dsn(notice.message_id, notice.address))
    events = DeliveryEvent.objects.count()

    second = read(reports.dsn(notice.message_id, notice.address, diagnosis="smtp; 554 again"))

    assert second.notice == notice
    assert DeliveryEvent.objects.count() == events


@pytest.mark.parametrize(
    ("action", "verdict"),
    [("delayed", MailVerdict.DELAYED), ("DELAYED (will retry)", MailVerdict.DELAYED)],
)
def test_a_delay_is_only_noted(notice: Notice, action: str, verdict: MailVerdict) -> None:
    events = DeliveryEvent.objects.count()

    returned = read(reports.dsn(notice.message_id, notice.address, action=action, status="4.4.1"))

    notice.refresh_from_db()
    assert (returned.verdict, returned.notice) == (verdict, notice)
    assert notice.state == NoticeState.SENT
    assert DeliveryEvent.objects.count() == events


def test_a_report_of_delivery_is_the_milestone_reached_and_it_is_set_once(notice: Notice) -> None:
    read(reports.dsn(notice.message_id, notice.address, action="delivered", status="2.0.0"))
    read_returned_mail(
        raw=reports.dsn(notice.message_id, notice.address, action="delivered", status="2.1.5"),
        at=LATER + timedelta(days=1),
    )

    delivery = Delivery.objects.get()
    assert delivery.reached_at == LATER
    assert delivery.acknowledged_at is None


def test_a_relayed_mail_is_no_proof_of_delivery(notice: Notice) -> None:
    returned = read(reports.dsn(notice.message_id, notice.address, action="relayed", status="2.0.0"))

    delivery = Delivery.objects.get()
    assert returned.verdict == MailVerdict.RELAYED
    assert delivery.reached_at is None
    assert delivery.events.filter(kind=EventKind.RELAYED).count() == 1


@pytest.mark.parametrize(
    "enclosed", ["message/rfc822", "text/rfc822-headers", "message/global-headers", "message/global"]
)
def test_the_enclosed_mail_may_be_whole_or_only_its_headers(notice: Notice, enclosed: str) -> None:
    assert read(reports.dsn(notice.message_id, notice.address, enclosed=enclosed)).notice == notice


def test_without_the_enclosed_mail_what_the_report_answers_will_do(notice: Notice) -> None:
    raw = reports.dsn("<fremd@relay.example>", notice.address, extra=f"In-Reply-To: {notice.message_id}\n")

    assert read(raw).notice == notice


def test_a_server_that_writes_no_delivery_status_is_understood_by_its_header(notice: Notice) -> None:
    returned = read(reports.exim_report(notice.message_id, notice.address))

    notice.refresh_from_db()
    assert returned.verdict == MailVerdict.BOUNCED
    assert notice.state == NoticeState.FAILED


def test_an_address_written_in_capitals_is_the_same_address(notice: Notice) -> None:
    assert read(reports.dsn(notice.message_id, "Birim@KURUM.example")).notice == notice


def test_the_original_recipient_counts_where_the_mail_was_forwarded(notice: Notice) -> None:
    raw = reports.dsn(notice.message_id, "baska@yer.example", original_recipient=notice.address)

    assert read(raw).notice == notice


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (vacation)",
        "X-Autoreply: yes",
        "X-Autorespond: izin",
        "Precedence: auto_reply",
        "Precedence: bulk",
    ],
)
def test_an_automatic_reply_is_no_answer(notice: Notice, header: str) -> None:
    events = DeliveryEvent.objects.count()

    returned = read(reports.away(notice.message_id, notice.address, header))

    assert (returned.verdict, returned.notice) == (MailVerdict.AUTO_REPLY, notice)
    assert returned.subject == "İzindeyim"
    delivery = Delivery.objects.get()
    assert (delivery.opened_at, delivery.acknowledged_at, delivery.reached_at) == (None, None, None)
    assert DeliveryEvent.objects.count() == events


@pytest.mark.parametrize("header", ["Auto-Submitted: no", "Importance: high"])
def test_a_person_who_writes_back_confirms_nothing_either(notice: Notice, header: str) -> None:
    returned = read(reports.away(notice.message_id, notice.address, header))

    assert (returned.verdict, returned.notice) == (MailVerdict.REPLY, notice)
    assert returned.text == "15 Mart'a kadar izindeyim."
    assert returned in ReturnedMail.objects.unsettled()
    assert Delivery.objects.get().acknowledged_at is None


def test_a_subject_in_bare_turkish_letters_is_read(notice: Notice) -> None:
    assert read(reports.person("biri@kurum.example")).subject == "Re: Yazınız hk."


def test_a_report_of_another_product_s_mail_is_kept_for_a_person(notice: Notice) -> None:
    returned = read(reports.dsn("<fremd@baska.example>", notice.address))

    notice.refresh_from_db()
    assert (returned.verdict, returned.notice) == (MailVerdict.BOUNCED, None)
    assert returned.original_message_id == "<fremd@baska.example>"
    assert notice.state == NoticeState.SENT


def test_a_report_for_another_address_changes_no_notice(notice: Notice) -> None:
    events = DeliveryEvent.objects.count()

    returned = read(reports.dsn(notice.message_id, "saldirgan@kotu.example"))

    notice.refresh_from_db()
    assert returned.notice is None
    assert notice.state == NoticeState.SENT
    assert DeliveryEvent.objects.count() == events


def test_a_report_of_a_notice_that_never_left_changes_nothing(agency: Agency) -> None:
    dispatched_to(agency)
    notice = Notice.objects.get()
    Notice.objects.update(state=NoticeState.CANCELLED)

    read(reports.dsn(notice.message_id, notice.address))

    notice.refresh_from_db()
    assert notice.state == NoticeState.CANCELLED


def test_a_report_within_an_enclosed_mail_is_not_the_report(notice: Notice) -> None:
    forwarded = b"\r\n".join(
        [
            b"From: biri@kurum.example",
            b"Subject: Fwd",
            b'Content-Type: multipart/mixed; boundary="A"',
            b"",
            b"--A",
            b"Content-Type: message/rfc822",
            b"",
            reports.dsn(notice.message_id, notice.address),
            b"--A--",
        ]
    )

    assert read(forwarded).verdict == MailVerdict.OTHER
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00garbage\x00\r\n\r\n\x00",
        b"From: =?utf-99?q?x?=\r\nSubject: =?utf-8?b?!!!?=\r\n\r\n",
        b'Content-Type: multipart/report; boundary="X"\r\n\r\n--X\r\n'
        b"Content-Type: message/delivery-status\r\n\r\n\x00\xff",
        b"Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n//8=",
        b"Subject: a\x00b\r\nFrom: \x00\r\nAuto-Submitted: \x00\r\n\r\n",
        reports.dsn("<a@b>" * 100, "x" * 400, status="9" * 60, diagnosis="d" * 900),
    ],
)
def test_a_mail_that_can_not_be_parsed_is_kept_for_a_person(raw: bytes) -> None:
    returned = read(raw)

    assert returned.notice is None
    assert ReturnedMail.objects.get() == returned


def test_a_bounced_digest_concerns_every_letter_in_it(agency: Agency) -> None:
    dispatched_to(agency)
    dispatched_to(agency)
    digest = Notice.objects.create(
        kind=NoticeKind.DIGEST,
        agency=agency,
        digest_on=MOMENT.date(),
        channel=Channel.EMAIL,
        address=agency.email,
        message_id="<ozet@localhost>",
        next_attempt_at=MOMENT,
        state=NoticeState.SENT,
        sent_at=MOMENT,
        recorded_at=MOMENT,
    )
    Notice.objects.filter(kind=NoticeKind.LETTER).update(bundle=digest, state=NoticeState.SENT)

    read(reports.dsn(digest.message_id, agency.email))

    for delivery in Delivery.objects.all():
        assert delivery.events.filter(kind=EventKind.BOUNCED).count() == 1


def test_what_reaches_a_person_proves_nothing_of_the_recipient(agency: Agency) -> None:
    dispatched_to(agency)
    delivery = Delivery.objects.get()
    Notice.objects.update(state=NoticeState.CANCELLED)
    manager = UserFactory(email="yonetici@kurum.example")
    post([to_person(manager, delivery=delivery, kind=NoticeKind.ESCALATION, at=MOMENT)])
    notice = Notice.objects.get(person=manager)
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.SENT, sent_at=MOMENT, recorded_at=MOMENT)

    read(reports.dsn(notice.message_id, notice.address, action="delivered"))

    delivery.refresh_from_db()
    assert delivery.reached_at is None


def test_a_letter_stays_sent_when_its_notice_bounces(notice: Notice) -> None:
    read(reports.dsn(notice.message_id, notice.address))

    assert Circular.objects.get().dispatched_at is not None


def test_a_mail_made_to_slow_the_parser_down_is_read_quickly(notice: Notice) -> None:
    raw = reports.dsn(notice.message_id, notice.address)
    trap = b"X-Failed-Recipients: " + b"=?x?q?a" * 20_000
    begun = time.monotonic()

    returned = read(raw.replace(b"Auto-Submitted:", trap + b"\r\nAuto-Submitted:"))

    assert returned.notice == notice
    assert time.monotonic() - begun < 10


def test_of_a_report_about_countless_recipients_only_the_first_are_read(notice: Notice) -> None:
    others = b"".join(
        b"Action: failed\r\nFinal-Recipient: rfc822; k%d@kurum.example\r\n\r\n" % number
        for number in range(1000)
    )
    raw = reports.dsn(notice.message_id, "baska@kurum.example").replace(
        b"Final-Recipient", others + b"Final-Recipient"
    )

    assert len(read_mail(raw).outcomes) <= MOST_PARTS
    assert read(raw).notice is None


def test_a_report_on_a_channel_that_was_removed_waits_for_a_person(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(channel="fax")

    returned = read(reports.dsn(notice.message_id, notice.address))

    assert returned.notice is None
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT
