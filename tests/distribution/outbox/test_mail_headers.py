"""Headers of a notice: where replies go, how programs treat it, and lines that every server takes."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from email.utils import parsedate_to_datetime

import pytest
from django.utils import timezone
from pytest_django import Settings

from agencies.models import Agency
from distribution.models import Notice
from distribution.outbox.channels.email import EmailChannel
from tests.factories import AgencyFactory, claimed, dispatched_to

pytestmark = pytest.mark.django_db
SUBJECT = "Taşra Teşkilatının Yeniden Yapılandırılmasına İlişkin Usul ve Esasların Uygulanması " * 4


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(email="isgucu@bakanlik.example")


@pytest.fixture
def notice(issuer: Agency) -> Notice:
    dispatched_to(AgencyFactory(), issuer=issuer, subject=SUBJECT.strip())
    return claimed()


@pytest.fixture(params=[True, False], ids=["merged", "single"])
def content(request: pytest.FixtureRequest, notice: Notice, monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setattr(EmailChannel, "merges", request.param)
    return EmailChannel().content(notice)


def test_header_lines_are_short_and_the_subject_is_whole(content: bytes) -> None:
    head, _, _body = content.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 78
    assert SUBJECT.strip() in message_from_bytes(content, policy=default)["Subject"]


def test_programs_are_told_that_no_person_wrote_it(content: bytes) -> None:
    mail = message_from_bytes(content, policy=default)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert mail["List-Id"] == "<bildirim.localhost>"


def test_the_list_is_named_after_the_site(notice: Notice, settings: Settings) -> None:
    settings.SITE_URL = "https://dagitim.bakanlik.example:8443/"
    mail = message_from_bytes(EmailChannel().content(notice), policy=default)
    assert mail["List-Id"] == "<bildirim.dagitim.bakanlik.example>"


def test_the_date_has_the_official_time_zone(content: bytes) -> None:
    date = parsedate_to_datetime(message_from_bytes(content, policy=default)["Date"])
    assert date.utcoffset() == timedelta(hours=3)
    assert abs(date - timezone.now()) < timedelta(days=1)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("", None), ("issuer", "isgucu@bakanlik.example"), ("evrak@bakanlik.example", "evrak@bakanlik.example")],
)
def test_a_reply_goes_where_the_setting_says(
    notice: Notice, settings: Settings, setting: str, expected: str | None
) -> None:
    settings.REPLY_TO = setting
    assert message_from_bytes(EmailChannel().content(notice), policy=default)["Reply-To"] == expected


def test_without_an_address_of_the_issuer_replies_come_to_the_sender_address(
    notice: Notice, issuer: Agency, settings: Settings
) -> None:
    settings.REPLY_TO = "issuer"
    Agency.objects.filter(pk=issuer.pk).update(email="")
    assert (
        message_from_bytes(EmailChannel().content(Notice.objects.get()), policy=default)["Reply-To"] is None
    )
