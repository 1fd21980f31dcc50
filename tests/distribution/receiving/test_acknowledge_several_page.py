"""After several letters were confirmed at once: filter and page are kept, and the message counts."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from distribution.models import Delivery
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, recipient_of

pytestmark = pytest.mark.django_db
QUERY = "?urgency=acele&page=2"


@pytest.fixture
def unit() -> Agency:
    agency: Agency = AgencyFactory()
    return agency


@pytest.fixture
def client(signed_in: SignIn, unit: Agency) -> Client:
    return signed_in(recipient_of(unit))


def received(unit: Agency, count: int) -> list[Delivery]:
    return [
        Delivery.objects.get(circular=dispatched_to(unit, urgency="ACELE", at=timezone.now()))
        for _ in range(count)
    ]


def confirm(client: Client, unit: Agency, deliveries: list[Delivery]) -> tuple[str, list[str]]:
    """Where it leads, and what is said."""
    response = client.post(
        reverse("acknowledge_several", args=[unit.pk]),
        {"delivery": [str(each.public_id) for each in deliveries], "query": QUERY + "&evil=1"},
    )
    return response["Location"], [str(message) for message in get_messages(response.wsgi_request)]


def test_the_place_in_the_list_is_kept_through_both_pages(client: Client, unit: Agency) -> None:
    (delivery,) = received(unit, 1)
    inbox = reverse("unit_inbox", args=[unit.pk]) + QUERY
    listed = client.get(inbox).content.decode()
    assert f'name="query" value="{QUERY.replace("&", "&amp;")}"' in listed

    shown = client.post(
        reverse("confirm_several", args=[unit.pk]), {"delivery": str(delivery.public_id), "query": QUERY}
    ).content.decode()

    assert shown.count(inbox.replace("&", "&amp;")) == 2
    assert confirm(client, unit, [delivery])[0] == inbox


def test_nothing_ticked_leads_back_to_the_same_place(client: Client, unit: Agency) -> None:
    response = client.post(reverse("confirm_several", args=[unit.pk]), {"query": QUERY})

    assert response["Location"] == reverse("unit_inbox", args=[unit.pk]) + QUERY


@pytest.mark.parametrize("count", [1, 3, 45])
def test_the_message_counts_and_names_at_most_three(client: Client, unit: Agency, count: int) -> None:
    deliveries = received(unit, count)

    _place, (message,) = confirm(client, unit, deliveries)

    named = [each for each in deliveries if each.circular.number in message]
    assert message.startswith(f"{unit} adına {count} yazı teyit edildi:")
    assert named == deliveries[:3]
    assert ("42 yazı daha" in message) == (count == 45)


def test_what_was_confirmed_before_is_counted_too(client: Client, unit: Agency) -> None:
    deliveries = received(unit, 8)
    confirm(client, unit, deliveries[:5])

    _place, said = confirm(client, unit, deliveries)

    assert [message for message in said if "3 yazı teyit edildi" in message]
    (before,) = [message for message in said if "5 yazı önceden teyit edilmişti" in message]
    assert [each for each in deliveries if each.circular.number in before] == deliveries[:3]


def typed(letters: list[Delivery]) -> dict[str, object]:
    numbers = {f"register_{each.public_id}": f"2026/{place}" for place, each in enumerate(letters, 1)}
    return {"delivery": [str(each.public_id) for each in letters], **numbers}


def test_a_letter_withdrawn_meanwhile_is_left_out_and_the_numbers_of_the_others_stay(
    client: Client, unit: Agency
) -> None:
    letters = first, second, third = received(unit, 3)
    withdraw(circular=second.circular, reason="Yanlış", by=second.circular.recorded_by, at=timezone.now())

    page = client.post(reverse("acknowledge_several", args=[unit.pk]), typed(letters)).content.decode()

    assert f"Artık teyit edilemez: {second.circular.number} (Geri çekildi)" in page
    assert f"“{second.circular.number}: 2026/2”" in page
    assert f'value="{second.public_id}"' not in page
    for each, number in ((first, "2026/1"), (third, "2026/3")):
        assert f'value="{each.public_id}"' in page and f'value="{number}"' in page
    assert not Delivery.objects.exclude(acknowledged_at=None).exists()


def test_if_all_were_withdrawn_meanwhile_the_numbers_are_named(client: Client, unit: Agency) -> None:
    letters = received(unit, 2)
    for each in letters:
        withdraw(circular=each.circular, reason="Yanlış", by=each.circular.recorded_by, at=timezone.now())

    response = client.post(reverse("acknowledge_several", args=[unit.pk]), typed(letters), follow=True)

    assert response.redirect_chain == [(reverse("unit_inbox", args=[unit.pk]), 302)]
    named = "; ".join(f"{each.circular.number}: 2026/{place}" for place, each in enumerate(letters, 1))
    assert f"“{named}”" in response.content.decode()


def test_a_number_typed_for_a_letter_that_a_colleague_confirmed_meanwhile_is_named(
    client: Client, unit: Agency
) -> None:
    letters = received(unit, 2)
    acknowledge(delivery=letters[0].public_id, by=recipient_of(unit), at=timezone.now(), register_number="7")

    response = client.post(reverse("acknowledge_several", args=[unit.pk]), typed(letters))

    said = [str(message) for message in get_messages(response.wsgi_request)]
    assert f"Yazdığınız metin: “{letters[0].circular.number}: 2026/1”" in said
    assert Delivery.objects.get(pk=letters[1].pk).register_number == "2026/2"
