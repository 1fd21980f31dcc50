"""Units to which no notice went are named with the reason, and get theirs later."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from agencies.services.contact_details.undeliverable import forget_all_undeliverable
from circulars.models import Circular, Purpose
from distribution.models import Delivery, Notice, NoticeKind, NoticeState
from distribution.outbox.outages.retry import retry_failed
from distribution.outbox.send import send_due
from distribution.queries.sending.without_notice import to_be_retried
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.pass_on import pass_on
from distribution.views import letters
from tests.conftest import SignIn
from tests.distribution.outbox.test_undeliverable import LATER, bounced, unit
from tests.factories import (
    MOMENT,
    AgencyFactory,
    copy_below,
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


def test_the_address_that_failed_last_before_the_letter_is_named(unit: Agency, signed_in: SignIn) -> None:
    """Of several remembered addresses; one that failed after the letter is no reason for it."""
    answers = {"ilk": LATER - timedelta(days=9), "igdir": LATER, "son": LATER + timedelta(days=9)}
    unit.undeliverable["email"] = [
        {"address": f"{name}@kurum.example", "since": since.isoformat(), "answer": f"550 {name}"}
        for name, since in reversed(answers.items())
    ]
    unit.save()
    circular = dispatched_to(unit, at=LATER)
    shown = signed_in(sender_of(circular.issuer)).get(recipient_page(circular.deliveries.get()))
    assert "igdir@kurum.example adresine" in shown.content.decode()
    assert "550 igdir" in shown.content.decode()


@pytest.mark.parametrize("worked_again", [True, False])
def test_an_address_that_the_unit_had_no_longer_is_no_reason(
    unit: Agency, signed_in: SignIn, worked_again: bool
) -> None:
    bounced(unit)
    if worked_again:
        forget_all_undeliverable()
    Agency.objects.filter(pk=unit.pk).update(email="")
    circular = dispatched_to(unit, at=LATER)

    shown = signed_in(sender_of(circular.issuer)).get(recipient_page(circular.deliveries.get()))

    assert "bir adresi yoktu" in shown.content.decode()
    assert "igdir@kurum.example" not in shown.content.decode()


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
    assert signed_in(sender_of(circular.issuer)).get(send).status_code == 302
    assert not Notice.objects.exists()


def test_what_was_passed_on_to_a_unit_without_an_address_is_sent_by_the_giver(
    unit: Agency, signed_in: SignIn
) -> None:
    parent = dispatched_to(unit).deliveries.get()
    below = AgencyFactory(email="", parent=unit)
    passed = copy_below(parent, below)
    client, branch = signed_in(recipient_of(unit)), reverse("branch", args=[parent.public_id])
    shown = client.get(branch).content.decode()
    assert "Bildirimi gönderilemedi" in shown
    assert reverse("retry_below", args=[parent.public_id]) not in shown

    Agency.objects.filter(pk=below.pk).update(email="alt@kurum.example")
    assert reverse("retry_below", args=[parent.public_id]) in client.get(branch).content.decode()
    client.post(reverse("retry_below", args=[parent.public_id]))
    assert Notice.objects.get(delivery=passed).address == "alt@kurum.example"


def told_and_withdrawn(postbox: Postbox, *, refused: str) -> tuple[Circular, Delivery, Delivery]:
    """A withdrawn letter that two units below one another know; the withdrawal didn't reach `refused`."""
    top = dispatched_to(AgencyFactory(email="ust@kurum.example")).deliveries.get()
    [below] = pass_on(
        delivery=top.public_id,
        recipients=[(AgencyFactory(email="alt@kurum.example", parent=top.agency), Purpose.ACTION)],
        note="",
        due_at=None,
        by=recipient_of(top.agency),
        at=timezone.now(),
    ).children
    send_due()
    postbox.answers = {refused: "550 5.1.0 Refused"}
    withdraw(
        circular=top.circular,
        reason="Yanlış dağıtım listesi",
        by=top.circular.recorded_by,
        at=timezone.now(),
    )
    send_due()
    postbox.answers = {}
    postbox.mails.clear()
    return top.circular, top, below


def test_a_unit_below_that_did_not_hear_of_the_withdrawal_is_told_when_the_sender_sends_again(
    signed_in: SignIn, postbox: Postbox
) -> None:
    circular, _top, below = told_and_withdrawn(postbox, refused="alt@kurum.example")
    client, letter = signed_in(sender_of(circular.issuer)), reverse("letter", args=[circular.public_id])
    again = reverse("retry_notices", args=[circular.public_id])
    response = client.get(letter)
    assert [each.delivery for each in response.context["failed"]] == [below]
    assert again in response.content.decode()

    assert "1 bildirim gönderilecek." in client.post(again, follow=True).content.decode()
    send_due()

    mail = postbox.to("alt@kurum.example")
    assert "Geri çekildi" in mail["Subject"]
    assert again not in client.get(letter).content.decode()


def test_the_unit_that_passed_a_withdrawn_letter_on_sends_the_withdrawal_again(
    signed_in: SignIn, postbox: Postbox
) -> None:
    _circular, top, below = told_and_withdrawn(postbox, refused="alt@kurum.example")
    client, branch = signed_in(recipient_of(top.agency)), reverse("branch", args=[top.public_id])
    assert client.get(branch).context["failed"] == 1

    said = client.post(reverse("retry_below", args=[top.public_id]), follow=True).content.decode()

    assert "1 bildirim gönderilecek." in said
    assert Notice.objects.get(delivery=below, kind=NoticeKind.WITHDRAWN).state == NoticeState.WAITING
    assert client.get(branch).context["failed"] == 0


@pytest.mark.parametrize("told", ["notified_at", "acknowledged_at"])
def test_a_unit_that_was_told_otherwise_or_confirmed_is_sent_nothing_again(told: str) -> None:
    confirmed, refused = AgencyFactory.create_batch(2)
    circular = dispatched_to(confirmed, refused)
    Notice.objects.update(state=NoticeState.FAILED)
    person = recipient_of(confirmed)
    more = {"acknowledged_by": person, "acknowledged_sha256": b"a" * 32} if told == "acknowledged_at" else {}
    Delivery.objects.filter(agency=confirmed).update(**{told: MOMENT}, **more)

    assert to_be_retried(circular) == 1
    assert retry_failed(circular=circular, at=LATER) == 1
    assert Notice.objects.get(state=NoticeState.FAILED).agency == confirmed


def test_what_can_be_sent_again_counts_what_failed_and_what_can_be_written_by_now() -> None:
    failed, silent, still_silent = AgencyFactory(), AgencyFactory(email=""), AgencyFactory(email="")
    circular = dispatched_to(failed, silent, still_silent)
    Notice.objects.update(state=NoticeState.FAILED)
    Agency.objects.filter(pk=silent.pk).update(email="ilk@kurum.example")

    assert to_be_retried(circular) == 2
    assert retry_failed(circular=circular, at=LATER) == 2
    assert to_be_retried(circular) == 0


def test_the_button_is_there_though_none_of_the_units_that_are_named_can_be_told(
    signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "MOST_FAILED", 1)
    first, last = AgencyFactory(email="", protocol_order=1), AgencyFactory(email="", protocol_order=2)
    circular = dispatched_to(first, last)
    Agency.objects.filter(pk=last.pk).update(email="ilk@kurum.example")

    page = signed_in(sender_of(circular.issuer)).get(reverse("letter", args=[circular.public_id]))

    assert [each.delivery.agency for each in page.context["without_notice"]] == [first]
    assert reverse("retry_notices", args=[circular.public_id]) in page.content.decode()
