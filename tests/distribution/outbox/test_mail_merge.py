"""Mail merge: a merged mail equals one rendered for the recipient alone."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest
from django.utils import timezone

from circulars.models import Purpose, Secrecy, Urgency
from distribution.links import read_link
from distribution.models import Delivery, Notice
from distribution.outbox.channels.email import EmailChannel
from distribution.outbox.mail_merge import MARK
from distribution.outbox.send import claim_batch, send_due
from tests.factories import AgencyFactory, LineFactory, dispatch, dispatched_to, draft_to
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db

NAMES = [
    "Iğdır Valiliği",
    "Çevre, Şehircilik ve İklim Değişikliği <İl> Müdürlüğü & Ortakları",
    'Şanlıurfa "Göbeklitepe" Müdürlüğü',
]


def read(content: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(content, policy=default))


def parts(mail: EmailMessage) -> dict[str, Any]:
    """Headers and texts without link tokens, which contain the time."""
    texts = {
        part.get_content_type(): re.sub(r"/link/[^/]+/", "/link/…/", part.get_content())
        for part in mail.iter_parts()
    }
    headers = {name: mail[name] for name in ("From", "To", "Subject", "Message-ID", "Auto-Submitted")}
    return headers | texts


def claimed() -> list[Notice]:
    return claim_batch(at=timezone.now(), most=50)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"urgency": Urgency.TIMED, "due_at": timezone.now() + timedelta(days=3)},
        {"secrecy": Secrecy.OFFICIAL_USE, "subject": "Açıklanmayan Konu"},
    ],
    ids=["usual", "timed", "restricted"],
)
def test_a_filled_mail_says_what_one_written_for_the_recipient_alone_says(fields: dict[str, Any]) -> None:
    agencies = [AgencyFactory(name=name) for name in NAMES]
    circular = draft_to(*agencies, **fields)
    LineFactory(circular=circular, position=9, purpose=Purpose.INFORMATION)
    dispatch(circular=circular, by=circular.recorded_by, at=timezone.now())
    channel = EmailChannel()

    for notice in claimed():
        filled = read(channel.content(notice))
        alone = read(EmailChannel().message(notice).message().as_bytes(linesep="\r\n"))
        assert parts(filled) == parts(alone)
        assert MARK not in str(filled)


def test_no_recipient_reads_another_ones_name_or_addresses(postbox: Postbox) -> None:
    agencies = [AgencyFactory(name=name) for name in NAMES]
    dispatched_to(*agencies, at=timezone.now())

    assert send_due() == 3

    for delivery in Delivery.objects.select_related("agency"):
        mail = postbox.to(delivery.agency.email)
        words = "".join(part.get_content() for part in mail.iter_parts())  # type: ignore[attr-defined]
        assert str(delivery.public_id) in words
        token = re.search(r"/link/([^/]+)/", words)
        assert token is not None
        assert read_link(token[1], at=timezone.now()).delivery == delivery.public_id
        for other in Delivery.objects.exclude(pk=delivery.pk).select_related("agency"):
            assert str(other.public_id) not in words
            assert other.agency.name not in words


def test_what_was_passed_on_is_written_by_itself() -> None:
    agency, below = AgencyFactory(name="Üst Birim"), AgencyFactory(name="Alt Birim")
    dispatched_to(agency, below, at=timezone.now())
    Delivery.objects.filter(agency=below).update(
        parent=Delivery.objects.get(agency=agency), note="Cuma gününe kadar bildiriniz."
    )
    channel = EmailChannel()

    mails = {notice.agency_id: str(read(channel.content(notice)).get_body()) for notice in claimed()}

    assert "Üst Birim" in read_text(channel, below)
    assert "Cuma" not in mails[agency.pk]


def read_text(channel: EmailChannel, agency: Any) -> str:
    notice = Notice.objects.select_related("agency", "delivery__circular__issuer", "delivery__agency").get(
        agency=agency
    )
    body = read(channel.content(notice)).get_body(("plain",))
    assert body is not None
    return str(body.get_content())
