"""Whose a returned mail is: each issuer settles for its own letters, and nobody's mail is lost."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import Settings

from agencies.models import Agency, Membership, Role
from config.env import Mailbox
from distribution.feedback.returned_mail import read_returned_mail, rows_of
from distribution.feedback.settle_mail import deliveries_of, settle_mail
from distribution.models import AnswerDocument, Delivery, Heartbeat, Notice, NoticeKind, Settlement
from distribution.outbox.digest import form_digests
from distribution.outbox.outages.standstill import standstills
from distribution.tasks import read_returned_mail as task
from distribution.visibility import mails_to_settle
from tests.distribution import reports
from tests.factories import AgencyFactory, UserFactory, dispatched_to, left, sender_of

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 11, 2, 19, 0, tzinfo=ZoneInfo("Europe/Istanbul"))
MORNING = datetime(2026, 11, 3, 8, 31, tzinfo=ZoneInfo("Europe/Istanbul"))


@pytest.fixture
def digest() -> Notice:
    """A digest of one unit with a letter of each of two issuers."""
    unit = AgencyFactory(name="Muş Valiliği", email="mus@kurum.example", digests_letters=True)
    for name in ("Dokuma Bakanlığı", "İplik Bakanlığı"):
        dispatched_to(unit, at=EVENING, issuer=AgencyFactory(name=name))
    form_digests(at=MORNING)
    found: Notice = Notice.objects.get(kind=NoticeKind.DIGEST)
    left(found, MORNING)
    return found


def issuer(name: str) -> Agency:
    return Agency.objects.get(name=name)


def test_a_reply_to_a_digest_is_settled_by_each_issuer_for_its_own_letter(digest: Notice) -> None:
    dokuma, iplik = sender_of(issuer("Dokuma Bakanlığı")), sender_of(issuer("İplik Bakanlığı"))
    first = read_returned_mail(raw=reports.person(digest.address, digest.message_id), at=timezone.now())
    assert len(rows_of(first)) == 2
    assert (
        read_returned_mail(raw=reports.person(digest.address, digest.message_id), at=timezone.now()) == first
    )

    (of_dokuma,) = mails_to_settle(dokuma)
    (of_iplik,) = mails_to_settle(iplik)
    assert of_dokuma != of_iplik
    settle_mail(pk=of_dokuma.pk, settled_as=Settlement.NOTHING, by=dokuma, at=timezone.now())

    assert list(mails_to_settle(iplik)) == [of_iplik]
    assert [each.circular.issuer.name for each in deliveries_of(of_iplik, iplik)] == ["İplik Bakanlığı"]
    settle_mail(pk=of_iplik.pk, settled_as=Settlement.ANSWER, by=iplik, at=timezone.now())
    assert AnswerDocument.objects.get().delivery.circular.issuer.name == "İplik Bakanlığı"


def test_who_sends_for_both_has_a_row_for_each(digest: Notice) -> None:
    both = sender_of(issuer("Dokuma Bakanlığı"))
    Membership.objects.create(user=both, agency=issuer("İplik Bakanlığı"), role=Role.SENDER)
    read_returned_mail(raw=reports.person(digest.address, digest.message_id), at=timezone.now())

    rows = list(mails_to_settle(both))

    assert sorted(each.issuer.name for each in rows if each.issuer) == ["Dokuma Bakanlığı", "İplik Bakanlığı"]
    for each in rows:
        assert [found.circular.issuer for found in deliveries_of(each, both)] == [each.issuer]


def test_what_settles_itself_has_one_row(digest: Notice) -> None:
    first = read_returned_mail(raw=reports.dsn(digest.message_id, digest.address), at=timezone.now())

    assert rows_of(first) == [first]
    assert first.issuer is None


def test_mail_of_an_issuer_for_which_nobody_sends_any_more_goes_to_the_administrator(digest: Notice) -> None:
    administrator = UserFactory(is_superuser=True)
    left_over = sender_of(issuer("Dokuma Bakanlığı"))
    sender_of(issuer("İplik Bakanlığı"))
    read_returned_mail(raw=reports.person(digest.address, digest.message_id), at=timezone.now())
    assert list(mails_to_settle(administrator)) == []
    left_over.is_active = False
    left_over.save()

    (mail,) = mails_to_settle(administrator)

    assert mail.issuer == issuer("Dokuma Bakanlığı")
    settle_mail(pk=mail.pk, settled_as=Settlement.ANSWER, by=administrator, at=timezone.now())
    delivery = Delivery.objects.get(circular__issuer=mail.issuer)
    assert delivery.answer_documents.count() == 1


@pytest.fixture
def maildir(tmp_path: Path, settings: Settings) -> Path:
    for name in ("new", "cur"):
        (tmp_path / name).mkdir()
    settings.BOUNCE_MAILBOX = Mailbox("maildir", "", 0, "", "", str(tmp_path))
    return tmp_path


def test_a_full_storage_is_said_and_the_mails_stay_unread(
    maildir: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (maildir / "new" / "1.host").write_bytes(reports.person("biri@kurum.example"))
    blocked = tmp_path_factory.mktemp("medya") / "dosya"
    blocked.write_text("not a folder")
    settings.MEDIA_ROOT = str(blocked)

    task()

    (found,) = standstills(at=timezone.now())
    assert "Error" in found.answer
    assert len(list((maildir / "new").iterdir())) == 1
    settings.MEDIA_ROOT = str(tmp_path_factory.mktemp("medya"))
    task()
    assert standstills(at=timezone.now()) == []
    assert not list((maildir / "new").iterdir())


def test_a_reading_that_never_ends_is_said(maildir: Path) -> None:
    task()
    last = Heartbeat.objects.get().at

    assert standstills(at=last + timedelta(minutes=14)) == []
    (found,) = standstills(at=last + timedelta(minutes=16))
    assert found.since == last
