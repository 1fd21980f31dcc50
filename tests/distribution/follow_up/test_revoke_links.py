"""Revoking the links of a delivery, and sending a new one."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from circulars.models import Circular, Secrecy
from distribution.links import link_token, read_link
from distribution.models import Delivery, DeliveryEvent, EventKind, LinkCode, Notice, NoticeKind, NoticeState
from distribution.services.by_link.acknowledge_by_link import Result, acknowledge_by_link
from distribution.services.by_link.link_codes import request_code
from distribution.services.follow_up.revoke_links import revoke_links, send_new_link
from distribution.services.receiving.acknowledge import acknowledge
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, manager_of, recipient_of, sender_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def circular() -> Circular:
    return dispatched_to(AgencyFactory(name="Iğdır Valiliği"), at=timezone.now())


@pytest.fixture
def delivery(circular: Circular) -> Delivery:
    return circular.deliveries.get()


def page_of(delivery: Delivery) -> str:
    return reverse("revoke_links", args=[delivery.public_id])


@pytest.mark.parametrize("revoker", ["sender", "unit"])
def test_the_sender_and_the_unit_revoke_every_link_given_so_far(
    signed_in: SignIn, client: Client, circular: Circular, delivery: Delivery, revoker: str
) -> None:
    person = sender_of(circular.issuer) if revoker == "sender" else recipient_of(delivery.agency)
    old = link_token(delivery, at=timezone.now())

    response = signed_in(person).post(page_of(delivery), {"reason": "Yanlış kişiye iletildi"}, follow=True)

    assert "Yanlış kişiye iletildi" in response.content.decode()
    event = delivery.events.get(kind=EventKind.LINK_REVOKED)
    assert (event.by, event.data["name"], event.data["reason"]) == (
        person,
        str(person),
        "Yanlış kişiye iletildi",
    )
    delivery.refresh_from_db()
    assert client.get(reverse("link", args=[old])).status_code == 410
    assert client.get(reverse("link", args=[link_token(delivery, at=timezone.now())])).status_code == 200


def test_a_code_mailed_before_the_revocation_is_no_good_with_a_new_link(delivery: Delivery) -> None:
    at = timezone.now()
    code = request_code(link=read_link(link_token(delivery, at=at), at=at), at=at)
    revoke_links(delivery=delivery.public_id, reason="x", by=recipient_of(delivery.agency), at=at)
    delivery.refresh_from_db()
    answer = acknowledge_by_link(
        link=read_link(link_token(delivery, at=at), at=at),
        code=code.digits,
        name="Ayşe Çağlayan",
        job_title="Memur",
        register_number="1",
        at=at,
    )
    assert answer.result == Result.NO_CODE


@pytest.mark.parametrize("stranger", [sender_of, recipient_of, manager_of])
def test_a_stranger_finds_no_such_page(
    signed_in: SignIn, delivery: Delivery, stranger: Callable[[Agency], User]
) -> None:
    client = signed_in(stranger(AgencyFactory()))
    assert client.get(page_of(delivery)).status_code == 404
    assert client.post(page_of(delivery), {"reason": "x"}).status_code == 404
    assert client.post(reverse("send_link", args=[delivery.public_id])).status_code == 404
    with pytest.raises(Delivery.DoesNotExist):
        revoke_links(delivery=delivery.public_id, reason="x", by=stranger(AgencyFactory()), at=timezone.now())
    delivery.refresh_from_db()
    assert delivery.link_serial == 0


def test_looking_at_the_page_revokes_nothing(
    signed_in: SignIn, circular: Circular, delivery: Delivery
) -> None:
    client = signed_in(sender_of(circular.issuer))
    before = DeliveryEvent.objects.count()
    assert client.get(page_of(delivery)).status_code == 200
    assert client.get(reverse("send_link", args=[delivery.public_id])).status_code == 302
    delivery.refresh_from_db()
    assert delivery.link_serial == 0
    assert DeliveryEvent.objects.count() == before


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_without_a_good_reason_nothing_is_revoked(
    signed_in: SignIn, circular: Circular, delivery: Delivery, reason: str
) -> None:
    response = signed_in(sender_of(circular.issuer)).post(page_of(delivery), {"reason": reason})
    assert "invalid-feedback" in response.content.decode()
    assert reason.strip() in response.content.decode()
    delivery.refresh_from_db()
    assert delivery.link_serial == 0


def test_the_sender_sends_a_new_link_with_a_new_notice(
    signed_in: SignIn, circular: Circular, delivery: Delivery
) -> None:
    Notice.objects.update(state=NoticeState.SENT)
    client = signed_in(sender_of(circular.issuer))

    client.post(page_of(delivery), {"reason": "Adres yanlıştı", "send_new": "on"})

    fresh = Notice.objects.get(state=NoticeState.WAITING)
    assert (fresh.kind, fresh.delivery, fresh.address) == (
        NoticeKind.LETTER,
        delivery,
        delivery.agency.email,
    )
    client.post(reverse("send_link", args=[delivery.public_id]))
    assert Notice.objects.filter(state=NoticeState.WAITING).count() == 1


def test_the_unit_itself_sends_no_notice(signed_in: SignIn, delivery: Delivery) -> None:
    Notice.objects.update(state=NoticeState.SENT)
    person = recipient_of(delivery.agency)
    signed_in(person).post(page_of(delivery), {"reason": "x", "send_new": "on"})
    assert not Notice.objects.filter(state=NoticeState.WAITING).exists()
    with pytest.raises(Delivery.DoesNotExist):
        send_new_link(delivery=delivery.public_id, by=person, at=timezone.now())


def test_no_new_link_goes_to_a_unit_that_has_confirmed_or_cannot_be_reached(
    signed_in: SignIn, circular: Circular, delivery: Delivery
) -> None:
    Notice.objects.update(state=NoticeState.SENT)
    client = signed_in(sender_of(circular.issuer))
    Agency.objects.filter(pk=delivery.agency_id).update(email="")
    unreachable = client.post(reverse("send_link", args=[delivery.public_id]), follow=True)
    assert "alert-danger" in unreachable.content.decode()

    acknowledge(delivery=delivery.public_id, by=recipient_of(delivery.agency), at=timezone.now())
    confirmed = client.post(reverse("send_link", args=[delivery.public_id]), follow=True)
    assert "alert-danger" in confirmed.content.decode()
    assert not Notice.objects.filter(state=NoticeState.WAITING).exists()


def test_the_page_shows_which_codes_were_asked_for(
    signed_in: SignIn, circular: Circular, delivery: Delivery
) -> None:
    at = timezone.now()
    code = request_code(link=read_link(link_token(delivery, at=at), at=at), at=at)
    page = signed_in(sender_of(circular.issuer)).get(page_of(delivery)).content.decode()
    assert LinkCode.objects.get().address in page
    assert code.digits not in page


def test_both_pages_of_the_delivery_lead_there_and_not_for_a_restricted_letter(
    signed_in: SignIn, circular: Circular, delivery: Delivery
) -> None:
    unit_page = reverse("delivery", args=[delivery.public_id])
    sender_page = reverse("recipient", args=[circular.public_id, delivery.public_id])
    assert page_of(delivery) in signed_in(recipient_of(delivery.agency)).get(unit_page).content.decode()
    client = signed_in(sender_of(circular.issuer))
    assert page_of(delivery) in client.get(sender_page).content.decode()
    circular.secrecy = Secrecy.OFFICIAL_USE
    circular.save()
    assert page_of(delivery) not in client.get(sender_page).content.decode()


def test_a_confirmation_by_link_is_shown_as_weaker_wherever_it_is_shown(
    signed_in: SignIn, circular: Circular, delivery: Delivery
) -> None:
    at = timezone.now()
    link = read_link(link_token(delivery, at=at), at=at)
    code = request_code(link=link, at=at)
    acknowledge_by_link(
        link=link, code=code.digits, name="Ayşe Çağlayan", job_title="Memur", register_number="7", at=at
    )
    unit = signed_in(recipient_of(delivery.agency))
    pages = [
        unit.get(reverse("delivery", args=[delivery.public_id])),
        unit.get(reverse("unit_inbox", args=[delivery.agency_id]) + "?show=confirmed"),
    ]
    line = circular.lines.get()
    sender = signed_in(sender_of(circular.issuer))
    pages += [
        sender.get(reverse("letter", args=[circular.public_id])),
        sender.get(reverse("line_units", args=[circular.public_id, line.pk])),
        sender.get(reverse("recipient", args=[circular.public_id, delivery.public_id])),
        sender.get(reverse("readership", args=[circular.public_id])),
    ]
    for page in pages:
        assert "Ayşe Çağlayan" in page.content.decode()
        assert "app-weaker" in page.content.decode()
