"""Sending notices over a real SMTP server, retries and failures."""

from datetime import timedelta

import pytest
from celery import Celery, current_app
from django.utils import timezone
from pytest_django import Settings

from agencies.models import Agency, User
from circulars.models import Secrecy
from config.env import MailServer
from distribution.models import Channel, Delivery, EventKind, Notice, NoticeKind, NoticeState, Stage
from distribution.models.notices.notice import BACKOFF, STUCK_AFTER
from distribution.outbox.channels import PermanentFailure
from distribution.outbox.outages.retry import retry_failed
from distribution.outbox.record import mark_sent, record_failure
from distribution.outbox.send import claim_batch, release_stuck, send_due, sweep_notices
from distribution.outbox.wake_up import wake_workers
from distribution.outbox.write import post, to_person
from distribution.queries.sending.without_notice import other_failed_notices
from tests.factories import AgencyFactory, UserFactory, claimed, dispatched_to, left
from tests.smtp import Postbox, free_port
from tests.tls import unvouched_server
from tests.use_cases.database import wakes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


def test_each_recipient_gets_one_mail_in_turkish_with_its_link(postbox: Postbox) -> None:
    agencies = [AgencyFactory(name="Iğdır Valiliği"), AgencyFactory(name="Şanlıurfa Valiliği")]
    dispatched_to(*agencies, subject="Çalışma İzni Belgeleri")

    assert send_due() == 2

    assert sorted(mail["To"] for mail in postbox.mails) == sorted(agency.email for agency in agencies)
    delivery = Delivery.objects.get(agency=agencies[0])
    mail = postbox.to(agencies[0].email)
    assert "Çalışma İzni Belgeleri" in mail["Subject"]
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    for part in (text, html):
        assert f"/deliveries/{delivery.public_id}/" in part
        assert f"/inbox/{delivery.agency_id}/" in part
        assert "Iğdır Valiliği" in part
    assert mail["Message-ID"] == delivery.notices.get().message_id


def test_a_mail_that_was_taken_is_recorded(postbox: Postbox) -> None:
    dispatched_to(AgencyFactory())

    send_due()

    notice, delivery = Notice.objects.get(), Delivery.objects.get()
    assert notice.state == NoticeState.SENT
    assert notice.attempts == 1
    assert delivery.stage == Stage.NOTIFIED
    assert delivery.events.get(kind=EventKind.NOTIFIED).data["message_id"] == notice.message_id
    assert send_due() == 0


def test_many_mails_go_over_one_connection(postbox: Postbox) -> None:
    dispatched_to(*AgencyFactory.create_batch(5))

    send_due()

    assert len(postbox.mails) == 5
    assert postbox.connections == 1


def test_a_passing_failure_is_tried_again_later_with_the_same_message_id(postbox: Postbox) -> None:
    postbox.answer = "451 Try again later"
    dispatched_to(AgencyFactory())
    message_id = Notice.objects.get().message_id

    send_due()

    notice = Notice.objects.get()
    assert notice.state == NoticeState.WAITING
    assert "451" in notice.last_error
    assert notice.next_attempt_at > timezone.now() + BACKOFF[0] - timedelta(seconds=30)
    assert send_due() == 0

    postbox.answer = None
    Notice.objects.update(next_attempt_at=timezone.now())
    send_due()
    assert [mail["Message-ID"] for mail in postbox.mails] == [message_id]


def test_a_permanent_failure_is_said_at_once(postbox: Postbox) -> None:
    postbox.answer = "550 No such user"
    dispatched_to(AgencyFactory())

    send_due()

    assert Notice.objects.get().state == NoticeState.FAILED
    assert Delivery.objects.get().stage == Stage.WAITING
    assert "550" in Delivery.objects.get().events.get(kind=EventKind.NOTICE_FAILED).data["error"]


@pytest.mark.parametrize("command", ["greeting", "MAIL"])
def test_an_unavailable_relay_is_a_temporary_failure(postbox: Postbox, command: str) -> None:
    postbox.fails_at = command
    dispatched_to(AgencyFactory(), AgencyFactory())

    send_due()

    assert {notice.state for notice in Notice.objects.all()} == {NoticeState.WAITING}


def test_a_notice_that_can_not_be_written_does_not_stop_the_others(postbox: Postbox) -> None:
    dispatched_to(AgencyFactory(), AgencyFactory())
    spoilt = Notice.objects.earliest("pk")
    Notice.objects.filter(pk=spoilt.pk).update(message_id="<bad\nid@localhost>")

    assert send_due() == 2

    spoilt.refresh_from_db()
    assert (spoilt.state, spoilt.attempts) == (NoticeState.WAITING, 1)
    assert "BadHeaderError" in spoilt.last_error
    assert len(postbox.mails) == 1


def test_a_failure_that_comes_after_the_success_changes_nothing(postbox: Postbox) -> None:
    dispatched_to(AgencyFactory())
    notice = claimed()
    left(notice)

    record_failure(notice=notice, error=PermanentFailure("late"), at=timezone.now())

    assert Notice.objects.get().state == NoticeState.SENT
    assert not Delivery.objects.get().events.filter(kind=EventKind.NOTICE_FAILED).exists()


def test_what_kills_its_worker_again_and_again_is_given_up() -> None:
    dispatched_to(AgencyFactory())
    for _ in range(len(BACKOFF) + 1):
        claimed()
        release_stuck(at=timezone.now() + STUCK_AFTER * 2)

    assert claim_batch(at=timezone.now(), most=1) == []
    assert Notice.objects.get().state == NoticeState.FAILED


def test_what_was_given_up_can_be_sent_again(postbox: Postbox) -> None:
    postbox.answer = "550 No such user"
    circular = dispatched_to(AgencyFactory())
    send_due()
    postbox.answer = None

    assert retry_failed(circular=circular, at=timezone.now()) == 1
    assert send_due() == 1
    assert Notice.objects.get().state == NoticeState.SENT


def test_what_is_sent_again_goes_to_the_address_of_today(postbox: Postbox) -> None:
    postbox.answer = "550 No such user"
    agency, person = AgencyFactory(email="eski@ornek.example"), UserFactory(email="eski@kisi.example")
    circular = dispatched_to(agency)
    delivery = circular.deliveries.get()
    post([to_person(person, delivery=delivery, kind=NoticeKind.ESCALATION, at=timezone.now())])
    send_due()
    postbox.answer = None
    Agency.objects.update(email="yeni@ornek.example")
    User.objects.update(email="yeni@kisi.example")

    assert retry_failed(circular=circular, at=timezone.now()) == 2
    send_due()

    assert sorted(mail["To"] for mail in postbox.mails) == ["yeni@kisi.example", "yeni@ornek.example"]


def test_a_unit_without_its_old_channel_is_notified_by_another(postbox: Postbox) -> None:
    agency = AgencyFactory(email="", kep_address="birim@hs01.kep.example")
    circular = dispatched_to(agency)
    Notice.objects.create(
        delivery=circular.deliveries.get(),
        agency=agency,
        channel=Channel.KEP,
        address=agency.kep_address,
        message_id="<kep@localhost>",
        state=NoticeState.FAILED,
        next_attempt_at=timezone.now(),
    )
    Agency.objects.filter(pk=agency.pk).update(email="birim@ornek.example", kep_address="")

    retry_failed(circular=circular, at=timezone.now())
    send_due()

    assert postbox.to("birim@ornek.example")


def test_a_code_that_could_not_be_sent_is_neither_listed_nor_sent_again() -> None:
    circular = dispatched_to(AgencyFactory())
    left(claimed())
    code = Notice.objects.get()
    code.pk, code.message_id = None, "<kod@localhost>"
    code.kind, code.state = NoticeKind.CODE, NoticeState.FAILED
    code.save()

    assert not other_failed_notices(circular)
    assert retry_failed(circular=circular, at=timezone.now()) == 0


def test_a_mail_without_an_address_is_not_taken_for_sent(postbox: Postbox) -> None:
    circular = dispatched_to(AgencyFactory())
    Notice.objects.update(address="")

    send_due()

    assert Notice.objects.get().state == NoticeState.FAILED
    assert circular.deliveries.get().notified_at is None


def test_a_row_that_can_not_be_recorded_holds_up_nothing_that_has_to_leave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    woken: list[str] = []
    dispatched_to(AgencyFactory(), AgencyFactory())
    spoilt = claimed()
    mark_sent(notice=spoilt, at=timezone.now() - timedelta(hours=1))
    Notice.objects.filter(pk=spoilt.pk).update(kind="unknown")
    monkeypatch.setattr(Celery, "send_task", lambda app, name, **options: woken.append(name))

    with pytest.raises(ValueError, match="unknown"):
        sweep_notices(at=timezone.now())

    assert woken == ["distribution.tasks.send_due_notices"]


def test_the_mail_of_a_restricted_letter_does_not_tell_its_subject(postbox: Postbox) -> None:
    agency = AgencyFactory()
    dispatched_to(agency, subject="Açıklanmayan Konu", secrecy=Secrecy.OFFICIAL_USE)

    send_due()

    assert "Açıklanmayan" not in str(postbox.to(agency.email))
    assert "Açıklanmayan" not in "".join(
        part.get_content()
        for part in postbox.to(agency.email).iter_parts()  # type: ignore[attr-defined]
    )


@pytest.mark.parametrize("part", ["plain", "html"])
def test_the_mail_of_a_restricted_letter_says_whom_a_unit_without_an_account_asks(
    postbox: Postbox, part: str
) -> None:
    restricted, usual = AgencyFactory.create_batch(2)
    circular = dispatched_to(restricted, secrecy=Secrecy.OFFICIAL_USE)
    dispatched_to(usual)

    send_due()

    said = f"gönderen birime başvurunuz: {circular.issuer.name}"
    assert said in postbox.to(restricted.email).get_body((part,)).get_content()
    assert "gönderen birime başvurunuz" not in postbox.to(usual.email).get_body((part,)).get_content()


def test_a_server_that_is_away_is_a_temporary_failure(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    dispatched_to(AgencyFactory())

    send_due()

    assert Notice.objects.get().state == NoticeState.WAITING


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.KEP])
def test_nothing_is_sent_to_a_server_with_an_untrusted_certificate(
    settings: Settings, channel: Channel
) -> None:
    with unvouched_server() as listening:
        server = MailServer("127.0.0.1", listening.port, "biz", "parola", starttls=False, tls=True)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_SSL = server.host, server.port, True
        settings.KEP_SERVER = server
        dispatched_to(AgencyFactory(kep_address="birim@hs01.kep.example", channels=[channel]))

        send_due()

    notice = Notice.objects.get()
    assert (notice.channel, notice.state) == (channel, NoticeState.WAITING)
    assert "CERTIFICATE_VERIFY_FAILED" in notice.last_error
    assert listening.heard == b""


def test_trying_ends_after_the_backoff_table(postbox: Postbox) -> None:
    postbox.answer = "451 Try again later"
    dispatched_to(AgencyFactory())

    for _ in range(len(BACKOFF) + 3):
        Notice.objects.update(next_attempt_at=timezone.now())
        send_due()

    notice = Notice.objects.get()
    assert notice.state == NoticeState.FAILED
    assert notice.attempts == len(BACKOFF) + 1


def test_a_claimed_notice_is_not_claimed_again() -> None:
    dispatched_to(AgencyFactory())

    claimed()
    assert claim_batch(at=timezone.now(), most=1) == []


def test_what_a_dead_worker_held_is_given_back(postbox: Postbox) -> None:
    dispatched_to(AgencyFactory())
    claimed()

    assert release_stuck(at=timezone.now()) == 0
    assert release_stuck(at=timezone.now() + STUCK_AFTER + timedelta(minutes=1)) == 1
    assert send_due() == 1


def test_recording_twice_writes_one_event() -> None:
    dispatched_to(AgencyFactory())
    notice = claimed()

    left(notice)
    left(notice)

    assert Delivery.objects.get().events.filter(kind=EventKind.NOTIFIED).count() == 1


def test_the_sweep_wakes_a_worker_for_what_is_due(postbox: Postbox) -> None:
    dispatched_to(*AgencyFactory.create_batch(2))
    before = wakes()

    assert sweep_notices(at=timezone.now()) == 2
    assert wakes() == before + 1

    send_due()
    assert sweep_notices(at=timezone.now()) == 0
    assert wakes() == before + 1, "nobody is woken for nothing"


def test_an_unreachable_broker_loses_nothing(postbox: Postbox) -> None:
    before = current_app._get_current_object()
    Celery(broker=f"redis://127.0.0.1:{free_port()}/0", set_as_current=True).conf.task_publish_retry = False
    try:
        dispatched_to(*AgencyFactory.create_batch(2))
        assert sweep_notices(at=timezone.now()) == 2
        assert not wake_workers(2)
    finally:
        before.set_current()
    assert wake_workers(2)

    assert send_due() == 2
    assert len(postbox.mails) == 2


@pytest.mark.parametrize(
    ("stored", "reached"),
    [
        ("BİLGİ@ornek.example", "bilgi@ornek.example"),
        ("bılgı@ornek.example", "bilgi@ornek.example"),
        ("bilgi\u200b@ornek.example", "bilgi@ornek.example"),
        ("Evrak <bilgi@ornek.example>", "bilgi@ornek.example"),
        ("bilgi@İÇİŞLERİ.example", "bilgi@xn--iileri-wua57g.example"),
    ],
    ids=ascii,
)
def test_an_address_stored_in_another_form_is_brought_to_its_normal_form_when_sending(
    postbox: Postbox, stored: str, reached: str
) -> None:
    agency = AgencyFactory()
    Agency.objects.filter(pk=agency.pk).update(email=stored)
    agency.refresh_from_db()
    dispatched_to(agency)

    send_due()

    assert [mail["To"] for mail in postbox.mails] == [reached]
    assert Notice.objects.get().state == NoticeState.SENT


def test_what_is_no_address_fails_for_good_with_the_reason_and_the_next_channel_is_taken(
    postbox: Postbox,
) -> None:
    agency = AgencyFactory(channels=["email", "inbox"])
    Agency.objects.filter(pk=agency.pk).update(email="müdürlük@ornek.example")
    agency.refresh_from_db()
    dispatched_to(agency)

    send_due()

    failed = Notice.objects.get(channel=Channel.EMAIL)
    assert (failed.state, failed.attempts) == (NoticeState.FAILED, 1)
    assert "ü" in failed.last_error
    assert Notice.objects.filter(channel=Channel.INBOX).exists()
    assert postbox.mails == []
