"""Forms of returned mail that real servers and programs write, and what must come of each."""

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings

from agencies.models import Agency
from circulars.models import Circular
from distribution.feedback import returned_mail
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
from distribution.models.notices.notice_details import ReminderDetails
from distribution.outbox.write import post, to_unit
from tests.at_once import at_once
from tests.conftest import ROOT
from tests.consistency import findings
from tests.distribution import reports
from tests.distribution.forms_of_mail import FAILED, FINAL, FORMS, LISTED, NOTED, RETRIED, report
from tests.distribution.forms_of_replies import (
    ABSENCES,
    ABSENT,
    AWAY,
    MORE_THAN_AN_ABSENCE,
    PERSONS,
    REPORTS_LIKE_REPLIES,
)
from tests.factories import MOMENT, AgencyFactory, claimed, dispatched_to, left

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    """Files of other tests are not in the storage."""
    settings.MEDIA_ROOT = tmp_path


CASES = ROOT.parent / "shared" / "samples" / "cases" / "mail"
LATER = MOMENT + timedelta(hours=1)
ADDRESS = "evrak@kurum.gov.tr"

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


@pytest.mark.parametrize("name", FORMS)
def test_a_form_of_returned_mail(name: str, notice: Notice) -> None:
    text, expected = FORMS[name]
    raw = text.replace("{id}", notice.message_id).replace("{address}", ADDRESS)

    returned = read(raw.replace("\n", "\r\n").encode())

    assert became(notice, returned) == expected
    assert Delivery.objects.get().acknowledged_at is None
    assert (returned.text != "") >= (expected == LISTED)


def filled(text: str, notice: Notice) -> bytes:
    return text.replace("{id}", notice.message_id).replace("{address}", ADDRESS).encode()


@pytest.mark.parametrize("mark", ABSENCES)
def test_an_absence_is_no_answer_whatever_program_wrote_it(mark: str, notice: Notice) -> None:
    returned = read(filled(f"{mark}\n{ABSENT}\nİzindeyim.\n", notice))

    assert returned.verdict == MailVerdict.AUTO_REPLY
    assert became(notice, returned) == NOTED


@pytest.mark.parametrize("words", MORE_THAN_AN_ABSENCE)
def test_an_automatic_reply_that_says_more_than_an_absence_waits_for_a_person(
    words: str, notice: Notice
) -> None:
    returned = read(filled(f"Subject: YNT\nAuto-Submitted: auto-replied\n{ABSENT}\n{words}\n", notice))

    assert returned.verdict == MailVerdict.OTHER
    assert became(notice, returned) == LISTED


@pytest.mark.parametrize("words", AWAY)
def test_an_absence_alone_needs_no_person(words: str, notice: Notice) -> None:
    returned = read(filled(f"Subject: YNT\nAuto-Submitted: auto-replied\n{ABSENT}\n{words}\n", notice))

    assert became(notice, returned) == NOTED


@pytest.mark.parametrize("name", REPORTS_LIKE_REPLIES)
def test_a_report_that_answers_our_mail_is_no_answer_of_a_person(name: str, notice: Notice) -> None:
    text, expected = REPORTS_LIKE_REPLIES[name]

    returned = read(filled(text, notice))

    assert returned.verdict != MailVerdict.REPLY
    assert became(notice, returned) == expected


@pytest.mark.parametrize("name", PERSONS)
def test_a_persons_reply_is_an_answer(name: str, notice: Notice) -> None:
    returned = read(filled(PERSONS[name], notice))

    assert (returned.verdict, returned.sender) == (MailVerdict.REPLY, ADDRESS)
    assert became(notice, returned) == LISTED


def test_a_reply_without_an_id_is_listed_with_the_letter_of_its_sender(notice: Notice) -> None:
    raw = filled("From: =?utf-8?q?Ay=2C_Ada?= <{address}>\nSubject: YNT: Genelge\n\nAldık.\n", notice)

    assert became(notice, read(raw)) == LISTED


def test_a_page_is_read_as_it_is_shown(notice: Notice) -> None:
    page = "<style>p{margin:0}</style><p>Ald&#305;k,</p><p>te&#351;ekk&uuml;rler</p>"

    returned = read(
        filled(f"From: {ADDRESS}\nIn-Reply-To: {{id}}\nContent-Type: text/html\n\n{page}\n", notice)
    )

    assert returned.text == "Aldık, teşekkürler"


@pytest.mark.parametrize("opened", [1500, 60])
def test_a_page_that_is_stripped_in_one_pass_keeps_its_text(opened: int, notice: Notice) -> None:
    page = f"<p>Ek bozuk.</p>{'<a' * opened}{'<' * opened}x{'>' * opened}"

    returned = read(
        filled(f"From: {ADDRESS}\nIn-Reply-To: {{id}}\nContent-Type: text/html\n\n{page}\n", notice)
    )

    assert returned.verdict == MailVerdict.REPLY
    assert returned.text.startswith("Ek bozuk.")


def test_a_mail_that_the_parser_refuses_is_listed_with_its_letter_and_its_text(
    notice: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(raw: bytes) -> None:
        raise ValueError("malformed")

    monkeypatch.setattr(returned_mail, "read_mail", refuse)

    returned = read(filled(PERSONS["with a comma in the encoded name"], notice))

    assert became(notice, returned) == LISTED
    assert "Aldık." in returned.text


def test_what_the_database_refuses_is_left_out_wherever_a_server_writes_it(notice: Notice) -> None:
    raw = report(FINAL + "\nDiagnostic-Code: smtp; 550 a\x00b =?utf-7?q?c+2AA-d?=")

    returned = read(filled(raw, notice))

    assert became(notice, returned) == FAILED
    for text in (notice.last_error, returned.diagnosis):
        assert "550 ab c?d" in text


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
