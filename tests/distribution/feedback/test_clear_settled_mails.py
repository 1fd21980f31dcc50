"""Files of settled returned mails are deleted after the set number of days; rows, text and answers stay."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from distribution.feedback.returned_mail import read_returned_mail
from distribution.feedback.settle_mail import settle_mail
from distribution.models import AnswerDocument, Notice, ReturnedMail, Settlement
from distribution.services.clear_settled_mails import clear_settled_mails
from tests.conftest import SignIn
from tests.distribution import reports
from tests.factories import MOMENT, AgencyFactory, dispatched_to, left, sender_of

pytestmark = pytest.mark.django_db
LATE = MOMENT + timedelta(days=31)


@pytest.fixture(autouse=True)
def thirty_days(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.RETURNED_MAIL_DAYS = tmp_path, 30


def reply() -> ReturnedMail:
    circular = dispatched_to(AgencyFactory())
    notice = Notice.objects.get(delivery__circular=circular)
    left(notice)
    return read_returned_mail(raw=reports.person(notice.address, notice.message_id), at=MOMENT)


def settle(mail: ReturnedMail, settled_as: Settlement) -> None:
    assert mail.notice is not None
    assert mail.notice.delivery is not None
    by = sender_of(mail.notice.delivery.circular.issuer)
    settle_mail(pk=mail.pk, settled_as=settled_as, by=by, at=MOMENT)


def test_the_file_goes_and_the_row_with_its_text_stays(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settled, waiting, answer = reply(), reply(), reply()
    settle(settled, Settlement.NOTHING)
    settle(answer, Settlement.ANSWER)
    storage, names = settled.file.storage, [each.file.name for each in (settled, waiting, answer)]

    with django_capture_on_commit_callbacks(execute=True):
        assert clear_settled_mails(at=MOMENT + timedelta(days=29)) == 0
    assert all(map(storage.exists, names))
    with django_capture_on_commit_callbacks(execute=True):
        assert clear_settled_mails(at=LATE) == 2

    assert list(map(storage.exists, names)) == [False, True, False]
    document = AnswerDocument.objects.get()
    assert document.file.storage.exists(document.file.name or "")
    text = settled.text
    settled.refresh_from_db()
    assert (settled.file.name, settled.text, settled.settled_as) == ("", text, Settlement.NOTHING)
    assert "teşekkür ederiz" in settled.text
    assert clear_settled_mails(at=LATE) == 0


def test_zero_days_keep_the_files_for_ever(settings: Settings) -> None:
    settings.RETURNED_MAIL_DAYS = 0
    mail = reply()
    settle(mail, Settlement.NOTHING)
    assert clear_settled_mails(at=MOMENT + timedelta(days=9999)) == 0
    assert mail.file.storage.exists(mail.file.name or "")


def test_a_file_that_is_gone_already_stops_nothing(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    first, second = reply(), reply()
    for each in (first, second):
        settle(each, Settlement.AWAY)
    first.file.storage.delete(first.file.name or "")
    with django_capture_on_commit_callbacks(execute=True):
        assert clear_settled_mails(at=LATE) == 2
    assert not second.file.storage.exists(second.file.name or "")


def test_the_file_of_a_mail_that_waits_can_be_opened_however_old_it_is(signed_in: SignIn) -> None:
    mail = reply()
    clear_settled_mails(at=timezone.now() + timedelta(days=4000))
    assert mail.notice is not None
    assert mail.notice.delivery is not None
    client = signed_in(sender_of(mail.notice.delivery.circular.issuer))
    answer = client.get(reverse("returned_mail_file", args=[mail.pk]))
    assert b"Content-Type" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]
