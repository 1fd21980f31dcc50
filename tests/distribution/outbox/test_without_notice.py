"""Units to which no notice went are named with the reason, and get theirs later."""

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from agencies.services.undeliverable import forget_all_undeliverable
from distribution.models import Delivery, Notice, NoticeKind
from distribution.outbox.retry import retry_failed
from tests.conftest import SignIn
from tests.distribution.outbox.test_undeliverable import LATER, bounced, unit
from tests.factories import (
    MOMENT,
    AgencyFactory,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.smtp import Postbox

__all__ = ["unit"]

pytestmark = pytest.mark.django_db


def recipient_page(delivery: Delivery) -> str:
    return reverse("recipient", args=[delivery.circular.public_id, delivery.public_id])


def test_a_skipped_unit_is_named_with_the_reason_and_gets_its_notice_later(
    unit: Agency, signed_in: SignIn, postbox: Postbox
) -> None:
    bounced(unit)
    circular = dispatched_to(unit, AgencyFactory(email=""), at=LATER)
    delivery, silent = circular.deliveries.order_by("agency__email").reverse()
    client = signed_in(sender_of(circular.issuer))
    letter, page = reverse("letter", args=[circular.public_id]), recipient_page(delivery)
    send = reverse("retry_notices_of_one", args=[circular.public_id, delivery.public_id])
    since = timezone.localtime(LATER).strftime("%d.%m.%Y")

    for shown in (client.get(letter).content.decode(), client.get(page).content.decode()):
        assert f"igdir@kurum.example adresine {since} tarihinden beri ulaşılamıyordu" in shown
    shown = client.get(page).content.decode()
    assert "User unknown" in shown
    assert "bir adresi yoktu" not in shown
    assert send not in shown
    assert "ulaşılabilen bir adresi yok" in client.post(send, follow=True).content.decode()

    Agency.objects.filter(pk=unit.pk).update(email="yeni@kurum.example")
    assert send in client.get(page).content.decode()
    assert "1 bildirim gönderilecek." in client.post(send, follow=True).content.decode()
    client.post(send)

    (written,) = Notice.objects.filter(delivery=delivery)
    assert (written.kind, written.address) == (NoticeKind.LETTER, "yeni@kurum.example")
    Agency.objects.filter(pk=silent.agency_id).update(email="ilk@kurum.example")
    client.post(reverse("retry_notices", args=[circular.public_id]))
    assert Notice.objects.get(delivery=silent).address == "ilk@kurum.example"


def test_an_address_that_works_again_gets_the_notice_that_was_not_written(
    unit: Agency, signed_in: SignIn
) -> None:
    bounced(unit)
    circular = dispatched_to(unit, at=LATER)
    forget_all_undeliverable()
    assert retry_failed(circular=circular, at=LATER) == 1
    assert Notice.objects.get(delivery__circular=circular).address == unit.email


def test_only_a_sender_of_the_letter_sends_the_notice_that_was_not_written(signed_in: SignIn) -> None:
    unit = AgencyFactory(email="")
    circular = dispatched_to(unit)
    Agency.objects.filter(pk=unit.pk).update(email="ilk@kurum.example")
    send = reverse("retry_notices_of_one", args=[circular.public_id, circular.deliveries.get().public_id])
    assert signed_in(sender_of(AgencyFactory())).post(send).status_code == 404
    assert signed_in(manager_of(circular.issuer)).post(send).status_code == 404
    assert signed_in(sender_of(circular.issuer)).get(send).status_code == 405
    assert not Notice.objects.exists()


def test_what_was_passed_on_to_a_unit_without_an_address_is_sent_by_the_giver(
    unit: Agency, signed_in: SignIn
) -> None:
    parent = dispatched_to(unit).deliveries.get()
    below = AgencyFactory(email="", parent=unit)
    passed = Delivery.objects.create(
        circular=parent.circular,
        agency=below,
        purpose=parent.purpose,
        parent=parent,
        path=[parent.pk],
        created_at=MOMENT,
    )
    client, branch = signed_in(recipient_of(unit)), reverse("branch", args=[parent.public_id])
    shown = client.get(branch).content.decode()
    assert "Bildirimi gönderilemedi" in shown
    assert reverse("retry_below", args=[parent.public_id]) not in shown

    Agency.objects.filter(pk=below.pk).update(email="alt@kurum.example")
    assert reverse("retry_below", args=[parent.public_id]) in client.get(branch).content.decode()
    client.post(reverse("retry_below", args=[parent.public_id]))
    assert Notice.objects.get(delivery=passed).address == "alt@kurum.example"
