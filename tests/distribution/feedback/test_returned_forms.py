"""Forms of returned mail that real servers and programs write, and what must come of each."""

import base64
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from textwrap import dedent

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings

from agencies.models import Agency
from circulars.models import Circular
from distribution.feedback.returned_mail import read_returned_mail
from distribution.models import (
    Delivery,
    EventKind,
    MailVerdict,
    Notice,
    NoticeKind,
    NoticeState,
    ReturnedMail,
    Settlement,
)
from distribution.models.notice_kind import ReminderDetails
from distribution.outbox.write import post, to_unit
from tests.at_once import at_once
from tests.conftest import ROOT
from tests.consistency import findings
from tests.distribution import reports
from tests.factories import MOMENT, AgencyFactory, claimed, dispatched_to, left

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    """Files of other tests are not in the storage."""
    settings.MEDIA_ROOT = tmp_path


CASES = ROOT.parent / "shared" / "samples" / "cases" / "mail"
LATER = MOMENT + timedelta(hours=1)
ADDRESS = "evrak@kurum.gov.tr"

FAILED, RETRIED, NOTED, LISTED = "failed", "retried", "noted", "listed"
STRICT = ("01", "02", "03", "05", "07", "09", "12", "14", "15", "16", "24", "27", "29", "34")
OF_FILE = (
    {number: {FAILED} for number in STRICT}
    | {number: {FAILED, LISTED} for number in ("08", "10", "26", "28", "30")}
    | {"17": {NOTED}, "18": {RETRIED}, "19": {NOTED}, "21": {LISTED}, "23": {NOTED}, "33": {NOTED}}
)


@pytest.fixture
def notice(db: None) -> Notice:
    """A notice sent by e-mail."""
    return sent(dispatched_to(AgencyFactory(email=ADDRESS)))


def sent(_letter: Circular) -> Notice:
    notice = claimed()
    left(notice)
    return notice


def read(raw: bytes) -> ReturnedMail:
    return read_returned_mail(raw=raw, at=LATER)


def became(notice: Notice, returned: ReturnedMail) -> str:
    """What came of the mail, after checking that nothing contradicts it."""
    notice.refresh_from_db()
    assert findings() == []
    if notice.state == NoticeState.FAILED:
        assert returned.settled_as == Settlement.APPLIED
        return FAILED
    if notice.state == NoticeState.WAITING:
        assert returned.settled_as == Settlement.APPLIED
        assert notice.next_attempt_at > LATER
        return RETRIED
    if returned.settled_as:
        return NOTED
    about = returned.notice or returned.presumed
    assert about == notice, "it is listed without its letter"
    return LISTED


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared samples are not beside the project")
@pytest.mark.parametrize("path", sorted(CASES.glob("*.eml")), ids=lambda path: path.stem[:24])
def test_a_shared_case(path: Path, notice: Notice) -> None:
    raw = path.read_bytes().replace(b"<NOTICE0@localhost>", notice.message_id.encode())

    returned = read(raw.replace(b"evrak0@ornek.example", ADDRESS.encode()))

    assert became(notice, returned) in OF_FILE[path.name[:2]]
    assert Delivery.objects.get().acknowledged_at is None


def report(
    fields: str, *, kind: str = "message/delivery-status", encoding: str = "", original: str = ""
) -> str:
    """A delivery report with these fields about the recipient, whose part may be transfer-encoded."""
    status = f"Reporting-MTA: dns; mx.kurum.gov.tr\n\n{dedent(fields).strip()}\n"
    header = f"\nContent-Transfer-Encoding: {encoding}" if encoding else ""
    if encoding == "base64":
        status = base64.encodebytes(status.encode()).decode()
    enclosed = original or "From: bildirim@localhost\nTo: {address}\nSubject: x\nMessage-ID: {id}\n"
    parts = [
        "Content-Type: text/plain; charset=utf-8\n\nTeslim edilemedi.",
        f"Content-Type: {kind}{header}\n\n{status}",
        f"Content-Type: message/rfc822\n\n{enclosed}",
    ]
    body = "".join(f"--b1\n{part}\n" for part in parts)
    return (
        "From: MAILER-DAEMON@mx.kurum.gov.tr\nTo: bildirim@localhost\nSubject: Undelivered\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b1"\n\n'
        f"{body}--b1--\n"
    )


def mail(headers: str, body: str = "") -> str:
    return f"To: bildirim@localhost\n{dedent(headers).strip()}\n\n{dedent(body).lstrip()}"


FINAL = "Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1"
QUOTED = "Subject: x\nTo: {address}\nMessage-ID: {id}\n"
OUTLOOK_TEXT = """
    Aşağıdaki alıcılara teslimat başarısız oldu:

    {address}
    Girdiğiniz e-posta adresi bulunamadı.

    Özgün ileti üst bilgileri:
    """

FORMS: dict[str, tuple[str, str]] = {
    "a status and no action": (report("Final-Recipient: rfc822; {address}\nStatus: 5.1.1"), FAILED),
    "a status of class 4 and no action": (report("Final-Recipient: rfc822; {address}\nStatus: 4.4.1"), NOTED),
    "base64": (report(FINAL, encoding="base64"), FAILED),
    "base64 and utf-8": (report(FINAL, kind="message/global-delivery-status", encoding="base64"), FAILED),
    "a folded content type": (
        report(FINAL).replace(
            "Content-Type: message/delivery-status", "Content-Type:\n\tmessage/delivery-status"
        ),
        FAILED,
    ),
    "the type in capitals": (report(FINAL, kind="MESSAGE/DELIVERY-STATUS; charset=us-ascii"), FAILED),
    "no address type": (report("Final-Recipient: {address}\nAction: failed\nStatus: 5.0.0"), FAILED),
    "the address encapsulated by Exchange": (
        report(
            "Final-Recipient: rfc822; IMCEASMTP-evrak+40kurum+2Egov+2Etr@kurum.gov.tr\n"
            "Action: failed\nStatus: 5.1.1"
        ),
        FAILED,
    ),
    "a directory name of Exchange, and our original": (
        report(
            "Final-Recipient: rfc822; IMCEAEX-_O=KURUM_OU=ILK_CN=EVRAK@kurum.gov.tr\nAction: failed\nStatus: 5.1.1"
        ),
        FAILED,
    ),
    "the server's own subdomain": (
        report("Final-Recipient: rfc822; evrak@posta.kurum.gov.tr\nAction: failed\nStatus: 5.1.1"),
        FAILED,
    ),
    "the original recipient beside a forwarding target": (
        report(
            "Original-Recipient: rfc822;{address}\nFinal-Recipient: rfc822; biri@baska.example\n"
            "Action: failed\nStatus: 5.2.1"
        ),
        FAILED,
    ),
    "X-Original-Message-ID in the report": (
        report("X-Original-Message-ID: {id}\n" + FINAL, original="From: x@y.example\nSubject: x\n"),
        FAILED,
    ),
    "a mailbox over its quota": (
        report("Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 4.2.2"),
        RETRIED,
    ),
    "relayed to a server that reports nothing": (
        report("Final-Recipient: rfc822; {address}\nAction: relayed\nStatus: 2.1.9"),
        NOTED,
    ),
    "expired after days": (
        report("Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.4.7"),
        FAILED,
    ),
    "an action that is no action": (
        report("Final-Recipient: rfc822; {address}\nAction: bilinmiyor\nStatus: 5.1.1"),
        LISTED,
    ),
    "text of Exchange in Turkish, with our headers below": (
        mail(
            """
            From: postmaster@kurum.gov.tr
            Subject: Teslim edilemedi: Genelge
            In-Reply-To: {id}
            Content-Type: text/plain; charset=utf-8
            """,
            OUTLOOK_TEXT + QUOTED,
        ),
        LISTED,
    ),
    "a daemon that calls its report an automatic reply": (
        mail(
            "From: MAILER-DAEMON@kurum.gov.tr\nAuto-Submitted: auto-replied\nSubject: Hata\nIn-Reply-To: {id}",
            "Kutu yok.\n",
        ),
        LISTED,
    ),
    "X-Failed-Recipients of Exim": (
        mail(
            "From: Mail Delivery System <Mailer-Daemon@mx.kurum.gov.tr>\nX-Failed-Recipients: {address}\n"
            "Auto-Submitted: auto-replied\nSubject: Mail delivery failed\nReferences: {id}",
            "This message was created automatically by mail delivery software.\n",
        ),
        FAILED,
    ),
    "an absence by Outlook without the standard's header": (
        mail("From: {address}\nSubject: Otomatik yanıt: Genelge\nIn-Reply-To: {id}", "İzindeyim.\n"),
        NOTED,
    ),
    "an automatic reply that says that nobody reads the mailbox": (
        mail(
            "From: {address}\nAuto-Submitted: auto-replied\nSubject: Bilgi\nIn-Reply-To: {id}\n"
            "Content-Type: text/plain; charset=utf-8",
            "Bu e-posta adresi artık kullanılmamaktadır.\n",
        ),
        LISTED,
    ),
    "a read receipt": (
        mail(
            "From: {address}\nSubject: Okundu\nContent-Type: multipart/report;"
            ' report-type=disposition-notification; boundary="m"',
            "--m\nContent-Type: text/plain\n\nOkundu\n--m\nContent-Type: message/disposition-notification\n"
            "Content-Transfer-Encoding: 7bit\n\nFinal-Recipient: rfc822;{address}\nOriginal-Message-ID: {id}\n"
            "Disposition: manual-action/MDN-sent-manually; displayed\n\n--m--\n",
        ),
        NOTED,
    ),
    "a person's reply in HTML": (
        mail(
            "From: {address}\nSubject: YNT: Genelge\nReferences: {id}\nContent-Type: text/html; charset=utf-8",
            "<p>Ek açılmıyor.</p>\n",
        ),
        LISTED,
    ),
    "a person's reply in Windows-1254": (
        mail(
            "From: {address}\nSubject: YNT: Genelge\nIn-Reply-To: {id}\n"
            "Content-Type: text/plain; charset=windows-1254\nContent-Transfer-Encoding: quoted-printable",
            "Yaz=FDy=FD a=E7am=FDyoruz.\n",
        ),
        LISTED,
    ),
    "a person forwards the mail as text": (
        mail("From: biri@kurum.gov.tr\nSubject: İLT: Genelge", "Bize ait değil.\n\nMessage-ID: {id}\n"),
        LISTED,
    ),
    "a reply of a ticket system": (
        mail(
            "From: {address}\nPrecedence: bulk\nSubject: [#4711] Talebiniz alındı\nIn-Reply-To: {id}",
            "Alındı.\n",
        ),
        NOTED,
    ),
    "a person's reply through a mailing list": (
        mail(
            "From: {address}\nPrecedence: list\nSubject: YNT: Genelge\nIn-Reply-To: {id}", "Ek açılmıyor.\n"
        ),
        LISTED,
    ),
    "a code page that no program knows": (
        mail(
            "From: {address}\nSubject: YNT\nIn-Reply-To: {id}\nContent-Type: text/plain; charset=undefined",
            "Ek yok.\n",
        ),
        LISTED,
    ),
    "a delivery report signed by the server": (
        mail(
            'From: MAILER-DAEMON@mx.kurum.gov.tr\nSubject: x\nContent-Type: multipart/signed; boundary="s"',
            "--s\n" + report(FINAL).split("MIME-Version: 1.0\n")[1] + "\n--s--\n",
        ),
        FAILED,
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_of_returned_mail(name: str, notice: Notice) -> None:
    text, expected = FORMS[name]
    raw = text.replace("{id}", notice.message_id).replace("{address}", ADDRESS)

    returned = read(raw.replace("\n", "\r\n").encode())

    assert became(notice, returned) == expected
    assert Delivery.objects.get().acknowledged_at is None
    assert (returned.text != "") >= (expected == LISTED)


def test_a_report_about_two_of_our_mails_acts_on_each(notice: Notice) -> None:
    other_address = "evrak@ikinci.gov.tr"
    dispatched_to(AgencyFactory(email=other_address))
    second = sent(Circular.objects.latest("pk"))
    raw = report(f"{FINAL}\n\nFinal-Recipient: rfc822; {other_address}\nAction: failed\nStatus: 5.1.1")
    further = f"--b1\nContent-Type: message/rfc822\n\nTo: {other_address}\nMessage-ID: {second.message_id}\n"
    raw = raw.replace("--b1--", f"{further}\n--b1--")
    raw = raw.replace("{id}", notice.message_id).replace("{address}", ADDRESS)

    for _twice in range(2):
        read(raw.encode())
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.FAILED}
    assert {row.notice for row in ReturnedMail.objects.all()} == {notice, second}
    assert findings() == []


def test_a_failure_after_a_report_of_delivery_counts(notice: Notice) -> None:
    read(reports.dsn(notice.message_id, ADDRESS, action="delivered", status="2.0.0"))

    assert became(notice, read(reports.dsn(notice.message_id, ADDRESS))) == FAILED


def test_a_full_mailbox_is_tried_again_and_given_up_in_the_end(notice: Notice) -> None:
    raw = reports.dsn(notice.message_id, ADDRESS, status="4.2.2")
    assert became(notice, read(raw)) == RETRIED
    assert Delivery.objects.get().notified_at is None

    Notice.objects.update(state=NoticeState.SENT, sent_at=LATER, recorded_at=LATER, attempts=7)
    read_returned_mail(raw=raw + b"\r\n", at=LATER)

    notice.refresh_from_db()
    assert notice.state == NoticeState.FAILED


def test_an_address_in_another_script_is_the_same_address() -> None:
    notice = sent(dispatched_to(AgencyFactory(email="evrak@çevre.gov.tr")))
    fields = "Final-Recipient: rfc822; evrak@xn--evre-zoa.gov.tr\nAction: failed\nStatus: 5.1.1"

    returned = read(report(fields).replace("{id}", notice.message_id).encode())

    assert returned.verdict == MailVerdict.BOUNCED
    assert became(notice, returned) == FAILED


def test_a_mail_with_a_picture_and_a_note_is_read_by_its_text(notice: Notice) -> None:
    message = EmailMessage()
    message["From"], message["In-Reply-To"] = ADDRESS, notice.message_id
    message.set_content("Cevabımız ektedir.")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="cevap.pdf")

    returned = read(message.as_bytes())

    assert returned.text == "Cevabımız ektedir."
    assert returned.file.name.endswith(".eml")


def test_the_next_channel_takes_over_after_each_way_of_failing(notice: Notice) -> None:
    Agency.objects.filter(email=ADDRESS).update(channels=["email", "inbox"])

    read(
        report(FINAL, encoding="base64")
        .replace("{id}", notice.message_id)
        .replace("{address}", ADDRESS)
        .encode()
    )

    assert Notice.objects.get(replaces=notice).channel == "inbox"


@pytest.mark.django_db(transaction=True)
def test_one_mail_received_by_three_processes_at_once_is_one_row(notice: Notice) -> None:
    unread = report("Final-Recipient: rfc822; {address}\nAction: bilinmiyor\nStatus: 5.1.1")
    for text in (report(FINAL), unread):
        raw = text.replace("{id}", notice.message_id).replace("{address}", ADDRESS).encode()

        rows = at_once(*[lambda raw=raw: read(raw)] * 3)  # type: ignore[misc]

        assert len({row.pk for row in rows}) == 1
    assert ReturnedMail.objects.count() == 2
    _folders, files = default_storage.listdir("returned")
    assert [name for name in files if ReturnedMail.objects.filter(file=f"returned/{name}").exists()] == files
    assert Delivery.objects.get().events.filter(kind=EventKind.BOUNCED).count() == 1


def test_a_reminder_that_came_back_leaves_the_letter_notified(notice: Notice) -> None:
    first = Delivery.objects.get().notified_at
    assert notice.delivery is not None and notice.agency is not None
    kind, by_hand = NoticeKind.REMINDER, ReminderDetails(by_hand=True, by="Ada")
    post([to_unit(notice.agency, delivery=notice.delivery, kind=kind, at=LATER, details=by_hand)])
    reminder = claimed(at=LATER)
    left(reminder, at=LATER)

    read_returned_mail(raw=reports.dsn(reminder.message_id, ADDRESS), at=LATER + timedelta(hours=1))

    assert Delivery.objects.get().notified_at == first is not None
    assert findings() == []
