"""The mailbox for returned mail, with a real IMAP server and a Maildir, and the endpoint for posted reports."""

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from config.env import Mailbox
from distribution import tasks
from distribution.feedback.mailbox import MailboxFailed
from distribution.feedback.returned_mail import read_mailbox
from distribution.models import MailVerdict, Notice, NoticeState, ReturnedMail
from distribution.views.post_bounce import LARGEST
from tests.distribution import reports
from tests.factories import AgencyFactory, claimed, dispatched_to, left
from tests.imap import PASSWORD, USER, ImapServer, imap_server
from tests.smtp import free_port
from tests.tls import unvouched_server

pytestmark = pytest.mark.django_db
TOKEN = "cok-uzun-bir-soz"


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    with imap_server() as running:
        yield running


@pytest.fixture
def inbox(server: ImapServer) -> Mailbox:
    """Address of an empty IMAP folder."""
    with server.box() as box:
        box.delete(box.uids())
    return Mailbox("imap", "127.0.0.1", server.port, USER, PASSWORD, "INBOX")


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    return tmp_path


def at_maildir(folder: Path) -> Mailbox:
    return Mailbox("maildir", "", 0, "", "", str(folder))


@pytest.fixture
def notice() -> Notice:
    dispatched_to(AgencyFactory(email="birim@kurum.example"))
    notice = claimed()
    left(notice)
    return notice


def test_what_came_back_over_imap_is_read_and_marked_as_read(
    server: ImapServer, inbox: Mailbox, notice: Notice
) -> None:
    server.put(reports.dsn(notice.message_id, notice.address), reports.person("biri@kurum.example"))

    assert read_mailbox(address=inbox, at=timezone.now()) == 2

    notice.refresh_from_db()
    assert notice.state == NoticeState.FAILED
    assert server.unseen() == 0
    assert read_mailbox(address=inbox, at=timezone.now()) == 0


def test_a_mail_stays_unread_until_its_row_is_kept(
    server: ImapServer, inbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(reports.person("biri@kurum.example"))
    with monkeypatch.context() as broken:
        broken.setattr(ReturnedMail._meta, "db_table", "no_such_table")
        broken.delitem(ReturnedMail._meta.pk.__dict__, "cached_col", raising=False)
        with pytest.raises(RuntimeError):
            _read_within_savepoint(inbox)
        ReturnedMail._meta.pk.__dict__.pop("cached_col", None)  # it names the table
    assert server.unseen() == 1

    assert read_mailbox(address=inbox, at=timezone.now()) == 1
    assert server.unseen() == 0


def _read_within_savepoint(inbox: Mailbox) -> None:
    try:
        read_mailbox(address=inbox, at=timezone.now())
    except MailboxFailed as error:
        raise RuntimeError("nothing could be kept") from error


def test_a_broken_mail_does_not_stop_the_mailbox(server: ImapServer, inbox: Mailbox, notice: Notice) -> None:
    server.put(
        b"Subject: =?utf-99?q?x?=\r\nFrom: \xff\xfe\r\n\r\n\xff",
        reports.dsn(notice.message_id, notice.address),
    )

    assert read_mailbox(address=inbox, at=timezone.now()) == 2

    notice.refresh_from_db()
    assert notice.state == NoticeState.FAILED
    assert ReturnedMail.objects.filter(verdict=MailVerdict.OTHER).count() == 1


def test_a_report_that_can_not_be_recorded_is_listed_for_a_person(
    server: ImapServer, inbox: Mailbox, notice: Notice
) -> None:
    server.put(reports.dsn(notice.message_id, notice.address), reports.person("biri@kurum.example"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE distribution_deliveryevent ADD CHECK (kind <> 'bounced') NOT VALID")

    assert read_mailbox(address=inbox, at=timezone.now()) == 2

    assert server.unseen() == 0
    listed = ReturnedMail.objects.unsettled().get(diagnosis__startswith="IntegrityError")
    assert (listed.verdict, listed.sender) == (MailVerdict.OTHER, "MAILER-DAEMON@relay.example")
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT


def test_the_password_is_not_sent_to_a_mailbox_with_an_untrusted_certificate(inbox: Mailbox) -> None:
    with unvouched_server() as listening:
        unreachable = replace(inbox, scheme="imaps", port=listening.port)

        with pytest.raises(MailboxFailed, match="CERTIFICATE_VERIFY_FAILED"):
            read_mailbox(address=unreachable, at=timezone.now())

    assert listening.heard == b""


def test_the_same_mail_by_mailbox_and_post_is_one_row(
    server: ImapServer, inbox: Mailbox, maildir: Path, notice: Notice
) -> None:
    raw = reports.dsn(notice.message_id, notice.address)
    server.put(raw)
    (maildir / "new" / "1.host").write_bytes(raw)

    read_mailbox(address=inbox, at=timezone.now())
    read_mailbox(address=at_maildir(maildir), at=timezone.now())

    assert ReturnedMail.objects.count() == 1


def test_a_maildir_is_read_and_its_mails_are_flagged_as_seen(maildir: Path, notice: Notice) -> None:
    (maildir / "new" / "1.host").write_bytes(reports.dsn(notice.message_id, notice.address))
    (maildir / "cur" / "2.host:2,F").write_bytes(reports.person("biri@kurum.example"))
    (maildir / "cur" / "3.host:2,S").write_bytes(reports.person("eski@kurum.example"))

    assert read_mailbox(address=at_maildir(maildir), at=timezone.now()) == 2

    notice.refresh_from_db()
    assert notice.state == NoticeState.FAILED
    assert sorted(path.name for path in (maildir / "cur").iterdir()) == [
        "1.host:2,S",
        "2.host:2,FS",
        "3.host:2,S",
    ]
    assert not list((maildir / "new").iterdir())


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_mails_that_the_server_keeps_packed_are_unpacked_and_a_damaged_one_holds_up_no_other(
    maildir: Path, notice: Notice, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(reports.dsn(notice.message_id, notice.address))
    (maildir / "new" / "1.host,S=900:2,").write_bytes(packed[: len(packed) // 2])
    (maildir / "new" / "2.host,S=900:2,").write_bytes(packed)

    assert read_mailbox(address=at_maildir(maildir), at=timezone.now()) == 2

    notice.refresh_from_db()
    assert notice.state == NoticeState.FAILED
    assert not list((maildir / "new").iterdir())


@pytest.mark.parametrize("port", [None, 0], ids=["nobody listens", "wrong password"])
def test_a_mailbox_that_can_not_be_reached_is_said(inbox: Mailbox, port: int | None) -> None:
    unreachable = replace(inbox, port=free_port()) if port is None else replace(inbox, password="yanlis")

    with pytest.raises(MailboxFailed, match=r"127\.0\.0\.1"):
        read_mailbox(address=unreachable, at=timezone.now())


def test_a_maildir_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(MailboxFailed):
        read_mailbox(address=at_maildir(tmp_path / "yok"), at=timezone.now())


def test_the_task_reads_the_mailbox_of_the_settings(
    settings: Settings, server: ImapServer, inbox: Mailbox
) -> None:
    server.put(reports.person("biri@kurum.example"))
    settings.BOUNCE_MAILBOX = inbox

    tasks.read_returned_mail()

    assert ReturnedMail.objects.count() == 1


def test_the_task_handles_a_missing_and_an_unreachable_mailbox(
    settings: Settings, inbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    settings.BOUNCE_MAILBOX = None
    tasks.read_returned_mail()
    assert not caplog.records

    settings.BOUNCE_MAILBOX = replace(inbox, port=free_port())
    tasks.read_returned_mail()
    assert "can't be read" in caplog.text


@pytest.fixture
def token(settings: Settings) -> str:
    settings.BOUNCE_TOKEN = TOKEN
    return f"Bearer {TOKEN}"


def post(client: Client, raw: bytes, token: str, content_type: str = "message/rfc822") -> int:
    headers = {"Authorization": token} if token else {}
    response = client.post(reverse("post_bounce"), raw, content_type=content_type, headers=headers)
    return response.status_code


def test_a_mail_server_posts_a_report_without_signing_in(notice: Notice, token: str) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert post(strict, reports.dsn(notice.message_id, notice.address), token) == 200

    notice.refresh_from_db()
    assert notice.state == NoticeState.FAILED


def test_posting_the_same_report_twice_is_one_row(client: Client, notice: Notice, token: str) -> None:
    raw = reports.dsn(notice.message_id, notice.address)

    assert [post(client, raw, token), post(client, raw, token)] == [200, 200]
    assert ReturnedMail.objects.count() == 1


@pytest.mark.parametrize("wrong", ["", "Bearer", "Bearer yanlis", f"Basic {TOKEN}", TOKEN, "Bearer ğüş"])
def test_without_the_token_nothing_is_accepted(
    client: Client, notice: Notice, token: str, wrong: str
) -> None:
    assert post(client, reports.dsn(notice.message_id, notice.address), wrong) == 401
    assert not ReturnedMail.objects.exists()


def test_without_a_configured_token_there_is_no_such_address(client: Client, settings: Settings) -> None:
    settings.BOUNCE_TOKEN = ""

    assert post(client, b"x", "Bearer ") == 404


def test_only_mails_of_a_bounded_size_are_taken(client: Client, token: str) -> None:
    assert post(client, b"a=b", token, "application/x-www-form-urlencoded") == 415
    assert post(client, b"x" * (LARGEST + 1), token) == 413
    assert not ReturnedMail.objects.exists()


def test_looking_at_the_address_changes_nothing(client: Client, token: str) -> None:
    assert client.get(reverse("post_bounce"), headers={"Authorization": token}).status_code == 405
