"""After several letters were confirmed at once: filter and page are kept, and the message counts."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from distribution.models import Delivery
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
