"""Sending by KEP, and the fallback from one channel to the next, over real SMTP servers."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django import Settings

from agencies.models import Agency
from circulars.models import Attachment, Circular, Secrecy
from distribution.models import Channel, Delivery, EventKind, Notice, NoticeState, Stage
from distribution.outbox.channels import kep
from distribution.outbox.send import send_due
from distribution.services.sending.dispatch import dispatch
from tests.factories import AgencyFactory, draft_to
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Agency:
    return AgencyFactory(name="Ardahan Valiliği", email="", kep_address="ardahan@hs01.kep.tr")


def sent_with_files(agency: Agency, *sizes: int, **fields: object) -> Circular:
    """A sent letter; the first file is the letter itself, the others are attachments."""
    circular = draft_to(agency, **fields)
    circular.source_name = "yazı.pdf"
    circular.source_file.save("yazi.pdf", ContentFile(b"a" * sizes[0]))
    for number, size in enumerate(sizes[1:], start=1):
        content = ContentFile(b"b" * size, name=f"ek{number}.xlsx")
        Attachment.objects.create(
            circular=circular,
            position=number,
            title=f"Ek {number}",
            file=content,
            file_name=f"ek-{number}.xlsx",
            size=size,
            sha256="0" * 64,
        )
    return dispatch(circular=circular, by=circular.recorded_by, at=timezone.now()).circular


def attached(mail: object) -> list[str]:
    return [part.get_filename() for part in mail.iter_attachments()]  # type: ignore[attr-defined]


def test_a_unit_with_only_a_kep_address_is_notified_by_kep_with_the_files(
    kep_postbox: Postbox, agency: Agency
) -> None:
    sent_with_files(agency, 1000, 2000)

    assert send_due() == 1

    mail = kep_postbox.to("ardahan@hs01.kep.tr")
    assert mail["From"] == "kurum@hs01.kep.example"
    assert mail["Message-ID"] == Notice.objects.get().message_id
    assert attached(mail) == ["yazı.pdf", "ek-1.xlsx"]
    for part in ("plain", "html"):
        assert "yazı.pdf, ek-1.xlsx" in mail.get_body((part,)).get_content()
    assert Delivery.objects.get().stage == Stage.NOTIFIED
    assert Delivery.objects.get().reached_at is None


def test_files_that_are_too_large_together_stay_behind_the_link(
    kep_postbox: Postbox, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kep, "ROOM_FOR_FILES", 4000)
    sent_with_files(agency, 1000, 2000)

    send_due()

    mail = kep_postbox.to("ardahan@hs01.kep.tr")
    body = mail.get_body(("plain",))
    assert attached(mail) == []
    assert body is not None
    assert f"/deliveries/{Delivery.objects.get().public_id}/" in body.get_content()
    assert "yazı.pdf" not in body.get_content()


def test_a_letter_for_official_use_only_is_never_attached_nor_named(
    kep_postbox: Postbox, agency: Agency
) -> None:
    sent_with_files(agency, 1000, secrecy=Secrecy.OFFICIAL_USE, subject="Gizli Kalacak Konu")

    send_due()

    mail = kep_postbox.to("ardahan@hs01.kep.tr")
    assert attached(mail) == []
    assert "Gizli Kalacak Konu" not in mail["Subject"]


def test_after_a_refused_e_mail_address_kep_takes_over(
    postbox: Postbox, kep_postbox: Postbox, agency: Agency
) -> None:
    Agency.objects.update(email="yok@kurum.example")
    postbox.answer = "550 5.1.1 No such user"
    sent_with_files(agency, 100)

    while send_due():
        pass

    first, second = Notice.objects.order_by("pk")
    assert (first.channel, first.state) == (Channel.EMAIL, NoticeState.FAILED)
    assert (second.channel, second.state, second.replaces) == (Channel.KEP, NoticeState.SENT, first)
    assert not postbox.mails
    assert kep_postbox.to("ardahan@hs01.kep.tr")["Message-ID"] == second.message_id
    delivery = Delivery.objects.get()
    assert delivery.stage == Stage.NOTIFIED
    assert delivery.events.get(kind=EventKind.NOTICE_FAILED).data["falls_to"] == Channel.KEP


def test_the_unit_s_own_order_is_followed(postbox: Postbox, kep_postbox: Postbox, agency: Agency) -> None:
    Agency.objects.update(email="birim@kurum.example", channels=["kep", "email"])
    kep_postbox.answer = "550 Kota dolu"
    sent_with_files(agency, 100)

    while send_due():
        pass

    assert [notice.channel for notice in Notice.objects.order_by("pk")] == ["kep", "email"]
    assert len(postbox.mails) == 1


def test_when_every_channel_fails_the_last_one_says_so(
    postbox: Postbox, kep_postbox: Postbox, agency: Agency
) -> None:
    Agency.objects.update(email="yok@kurum.example")
    postbox.answer = kep_postbox.answer = "550 No such user"
    sent_with_files(agency, 100)

    while send_due():
        pass

    assert [notice.channel for notice in Notice.objects.given_up()] == [Channel.KEP]
    assert Delivery.objects.get().stage == Stage.WAITING


def test_without_a_kep_account_nothing_is_planned_by_kep(settings: Settings, agency: Agency) -> None:
    settings.KEP_SERVER = None

    sent_with_files(agency, 100)

    assert not Notice.objects.exists()
