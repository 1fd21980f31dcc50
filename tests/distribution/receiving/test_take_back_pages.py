"""The pages on which a confirmation, answer or return is taken back, alone or several."""

import html
import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from distribution.models import Delivery, DeliveryEvent, EventKind
from tests.conftest import SignIn
from tests.distribution.receiving.taking_back import Received
from tests.factories import AgencyFactory, dispatched_to, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def got() -> Received:
    now = timezone.now()
    received = Received.new(at=now)
    received.confirm("2026/7", at=now)
    return received


def address(name: str, got: Received) -> str:
    return reverse(name, args=[got.delivery.public_id])


def test_the_page_says_until_when_asks_once_and_takes_it_back(
    signed_in: SignIn, english: Client, got: Received
) -> None:
    client = signed_in(got.by)

    page = client.get(address("delivery", got)).content.decode()
    assert "Take back the confirmation of this letter?" in page
    assert "This is possible until" in page
    assert got.stamp() in page
    assert Delivery.objects.get().acknowledged_at is not None
    assert client.get(address("take_back", got)).status_code == 302
    page = client.post(address("take_back", got), {"stamp": got.stamp()}, follow=True).content.decode()

    assert "Taken back for" in page
    assert "Confirm that the unit has this letter" in page
    assert "2026/7" not in page


def test_a_second_tab_hears_that_something_else_was_recorded(
    signed_in: SignIn, english: Client, got: Received
) -> None:
    client, stamp = signed_in(got.by), got.stamp()
    client.post(address("take_back", got), {"stamp": stamp})

    page = client.post(address("take_back", got), {"stamp": stamp}, follow=True).content.decode()
    assert "it was taken back already" in page
    got.confirm("2026/8", at=timezone.now())
    page = client.post(address("take_back", got), {"stamp": stamp}, follow=True).content.decode()

    assert "something else was recorded meanwhile" in page
    assert Delivery.objects.get().register_number == "2026/8"


def test_strangers_see_nothing_of_it(signed_in: SignIn, got: Received) -> None:
    unit = got.delivery.agency.pk
    for stranger in (recipient_of(AgencyFactory()), sender_of(got.circular.issuer)):
        client = signed_in(stranger)
        for name in ("take_back", "ask_take_back"):
            response = client.post(address(name, got), {"stamp": got.stamp(), "reason": "x"})
            assert response.status_code == 404
        assert client.get(reverse("take_back_several", args=[unit])).status_code == 404
        assert client.post(reverse("take_back_several", args=[unit])).status_code == 404
    assert not DeliveryEvent.objects.filter(kind=EventKind.TAKEN_BACK).exists()


def test_what_was_taken_back_is_marked_until_something_newer_stands_there(
    signed_in: SignIn, english: Client, got: Received
) -> None:
    client = signed_in(sender_of(got.circular.issuer))

    def marks() -> list[str]:
        page = client.get(reverse("letter", args=[got.circular.public_id])).content.decode()
        return re.findall(r"(?:answer )?taken back (?=\w)", " ".join(page.split()))

    got.answer(at=timezone.now())
    got.take_back(at=timezone.now())
    assert marks() == ["answer taken back "]
    got.answer(at=timezone.now())
    assert marks() == []


def test_the_sender_sees_what_was_taken_back(signed_in: SignIn, english: Client, got: Received) -> None:
    got.answer(at=timezone.now())
    got.take_back(at=timezone.now())
    client = signed_in(sender_of(got.circular.issuer))

    page = client.get(
        reverse("recipient", args=[got.circular.public_id, got.delivery.public_id])
    ).content.decode()
    listed = client.get(reverse("letter", args=[got.circular.public_id])).content.decode()

    assert "Taken back (Answer given)" in page
    assert "Documents of an answer taken back" in page
    assert "Answered by" not in page
    assert "taken back" in listed


def several(count: int, got: Received, at: datetime | None = None) -> list[Received]:
    """More letters of the same unit, confirmed just now, or at this moment."""
    now = at or timezone.now()
    letters = [dispatched_to(got.delivery.agency, at=now) for _ in range(count)]
    found = [Received(each, each.deliveries.get(), got.by) for each in letters]
    for each in found:
        each.confirm(at=now)
    return found


def test_from_the_message_of_a_bulk_confirmation_some_are_taken_back(
    signed_in: SignIn, english: Client, got: Received
) -> None:
    client, unit = signed_in(got.by), got.delivery.agency
    letters = [dispatched_to(unit, at=timezone.now()) for _ in range(3)]
    more = [Received(each, each.deliveries.get(), got.by) for each in letters]
    page = client.post(
        reverse("acknowledge_several", args=[unit.pk]),
        {"delivery": [each.delivery.public_id for each in more]},
        follow=True,
    ).content.decode()
    back = reverse("take_back_several", args=[unit.pk])
    link = re.search(rf'href="({back}[^"]+)"', page)
    assert link

    page = client.get(html.unescape(link[1])).content.decode()
    assert page.count('name="delivery"') == 4
    assert set(ticked(page)) == {str(each.delivery.public_id) for each in more}
    assert "3 letters of your last act are ticked. The other letters are not ticked." in " ".join(
        page.split()
    )
    wrong = more[:2]
    typed = {f"stamp_{each.delivery.public_id}": each.stamp() for each in wrong}
    page = client.post(
        back, {"delivery": [each.delivery.public_id for each in wrong], **typed}, follow=True
    ).content.decode()

    assert "The confirmations of 2 letters were taken back" in page
    left = Delivery.objects.outstanding().values_list("pk", flat=True)
    assert set(left) == {each.delivery.pk for each in wrong}


def test_only_letters_that_can_be_taken_back_still_are_ticked(
    signed_in: SignIn, english: Client, got: Received
) -> None:
    client, unit = signed_in(got.by), got.delivery.agency
    stamp = got.stamp()
    other, again = several(2, got, at=Delivery.objects.get().acknowledged_at)
    again.answer(at=timezone.now())

    address = reverse("take_back_several", args=[unit.pk])
    page = client.get(address, {"done": stamp}).content.decode()
    assert set(ticked(page)) == {str(each.delivery.public_id) for each in (got, other)}
    assert "2 letters of your last act are ticked" in page

    for each in (got, other):
        each.take_back(at=timezone.now())
    page = client.get(address, {"done": stamp}).content.decode()
    assert not ticked(page)
    assert "be taken back here any more" in page


def test_refused_letters_stay_ticked_but_for_those_changed_since(
    signed_in: SignIn, english: Client, got: Received
) -> None:
    client, unit = signed_in(got.by), got.delivery.agency
    other = several(1, got)[0]
    typed = {f"stamp_{each.delivery.public_id}": each.stamp() for each in (got, other)}
    other.answer(at=timezone.now())

    response = client.post(
        reverse("take_back_several", args=[unit.pk]),
        {"delivery": [each.delivery.public_id for each in (got, other)], **typed},
    )

    page = response.content.decode()
    assert "something else was recorded meanwhile" in page
    assert ticked(page) == [str(got.delivery.public_id)]


def ticked(page: str) -> list[str]:
    return re.findall(r'name="delivery" value="([^"]+)"\s+checked', page)


def test_several_without_a_tick_or_after_the_period_change_nothing(
    signed_in: SignIn, english: Client, got: Received
) -> None:
    client = signed_in(got.by)
    back = reverse("take_back_several", args=[got.delivery.agency.pk])
    assert "No letter was ticked" in client.post(back, follow=True).content.decode()
    Delivery.objects.update(acknowledged_at=timezone.now() - timedelta(minutes=16))

    page = client.post(
        back,
        {
            "delivery": got.delivery.public_id,
            f"stamp_{got.delivery.public_id}": got.stamp(),
        },
        follow=True,
    ).content.decode()

    assert "Ask the unit that gave the letter" in page
    assert "There is no confirmation" in page
    assert Delivery.objects.get().acknowledged_at is not None


def test_the_list_takes_the_same_queries_for_few_and_many(signed_in: SignIn, got: Received) -> None:
    client = signed_in(got.by)
    back = reverse("take_back_several", args=[got.delivery.agency.pk])
    several(1, got)
    client.get(back)
    few = query_count(client.get, back)
    several(18, got)

    assert query_count(client.get, back) == few
