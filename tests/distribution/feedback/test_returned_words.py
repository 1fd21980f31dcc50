"""What servers, programs and receipts say in their own way, and the command that reads a folder of returned mail."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from circulars.models import Circular
from distribution.feedback.mailbox import MailboxFailed, unread_mails
from distribution.models import Channel, MailVerdict, Notice, NoticeKind, NoticeState
from tests.consistency import findings
from tests.distribution import reports
from tests.distribution.feedback.test_mailbox import at_maildir
from tests.distribution.feedback.test_returned_forms import (  # noqa: F401
    ADDRESS,
    became,
    filled,
    media,
    notice,
    read,
)
from tests.distribution.forms_of_mail import FAILED, FINAL, LISTED, NOTED, report
from tests.distribution.forms_of_receipts import RECEIPTS
from tests.distribution.forms_of_replies import BY_NOBODY
from tests.distribution.forms_of_servers import SERVERS, WARNINGS
from tests.factories import MOMENT, AgencyFactory, dispatched_to

pytestmark = pytest.mark.django_db


def with_bare_id(text: str, about: Notice) -> bytes:
    return filled(text.replace("{bare}", about.message_id.strip("<>")), about)


@pytest.mark.parametrize("name", WARNINGS)
def test_a_warning_is_no_failure(name: str, notice: Notice) -> None:  # noqa: F811
    returned = read(filled(WARNINGS[name], notice))

    assert returned.verdict == MailVerdict.DELAYED
    assert became(notice, returned) == NOTED


@pytest.mark.parametrize("name", SERVERS)
def test_a_servers_own_way_to_say_it(name: str, notice: Notice) -> None:  # noqa: F811
    text, expected = SERVERS[name]

    assert became(notice, read(with_bare_id(text, notice))) == expected


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_receipt_never_swallows_words_or_a_document(name: str, notice: Notice) -> None:  # noqa: F811
    text, expected = RECEIPTS[name]

    assert became(notice, read(filled(text, notice))) == expected


@pytest.mark.parametrize("name", BY_NOBODY)
def test_what_a_program_wrote_is_not_called_a_reply_by_a_person(name: str, notice: Notice) -> None:  # noqa: F811
    returned = read(filled(BY_NOBODY[name], notice))

    assert returned.verdict == MailVerdict.OTHER
    assert became(notice, returned) == LISTED


def rows(folder: Path) -> list[dict[str, str | None]]:
    out = StringIO()
    try:
        call_command("read_returned_mail", str(folder), "--json", stdout=out)
    finally:
        found: list[dict[str, str | None]] = json.loads(out.getvalue())
    return found


def test_the_command_lists_a_file_that_it_can_not_read_and_fails(notice: Notice, tmp_path: Path) -> None:  # noqa: F811
    folder = tmp_path / "mails"
    (folder / "a.eml").mkdir(parents=True)
    (folder / "b.eml").write_bytes(filled(report(FINAL), notice))
    out = StringIO()

    with pytest.raises(CommandError, match="1 of 2"):
        call_command("read_returned_mail", str(folder), "--json", stdout=out)

    read_by_it = json.loads(out.getvalue())
    assert [(row["file"], row["outcome"]) for row in read_by_it] == [("a.eml", "listed"), ("b.eml", "failed")]
    assert "can't be read" in read_by_it[0]["why"]


@pytest.mark.parametrize("place", ["new", "cur"])
def test_one_folder_of_a_maildir_is_enough(place: str, notice: Notice, tmp_path: Path) -> None:  # noqa: F811
    folder = tmp_path / "maildir"
    (folder / place).mkdir(parents=True)
    (folder / place / "1.mx").write_bytes(filled(report(FINAL), notice))
    (folder / "beside.eml").write_bytes(filled(BY_NOBODY["a ticket system"], notice))

    with unread_mails(at_maildir(folder)) as mails:
        assert len(list(mails)) == 1
    assert [row["outcome"] for row in rows(folder)] == ["failed", "listed"]


def test_a_folder_without_mails_is_an_empty_list_and_no_mailbox(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()

    assert rows(folder) == []
    with pytest.raises(MailboxFailed), unread_mails(at_maildir(folder)) as mails:
        list(mails)


def test_the_command_has_one_row_for_each_letter_of_a_digest(tmp_path: Path) -> None:
    agency = AgencyFactory(email=ADDRESS)
    numbers = {dispatched_to(agency).number for _each in range(2)}
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
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "a.eml").write_bytes(reports.person(ADDRESS, digest.message_id))
    (folder / "b.eml").write_bytes(reports.dsn(digest.message_id, ADDRESS))

    found = rows(folder)

    assert [(row["file"], row["outcome"]) for row in found] == [
        *[("a.eml", "answer")] * 2,
        *[("b.eml", "failed")] * 2,
    ]
    assert (
        {row["letter"] for row in found} == numbers == set(Circular.objects.values_list("number", flat=True))
    )
    assert {row["unit"] for row in found} == {str(agency)}


def test_a_dead_host_is_given_up_after_the_first_report_of_expiry(notice: Notice) -> None:  # noqa: F811
    raw = reports.dsn(notice.message_id, ADDRESS, status="4.4.1", diagnosis="X-Postfix; Connection timed out")

    assert became(notice, read(raw)) == FAILED
    assert findings() == []
    assert notice.agency is not None
    assert notice.attempts == 1 and MOMENT + timedelta(days=1) > notice.next_attempt_at
