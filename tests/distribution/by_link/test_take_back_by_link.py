"""Taking back by link what was confirmed by link."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from distribution.links import Link, link_token, read_link
from distribution.models import Delivery, EventKind, LinkCode
from distribution.models.deliveries.link import CODE_TRIES
from distribution.services.by_link.acknowledge_by_link import acknowledge_by_link
from distribution.services.by_link.link_codes import request_code
from distribution.services.by_link.take_back_by_link import Result, take_back_by_link
from distribution.services.receiving.acknowledge import acknowledge
from tests.consistency import findings
from tests.distribution.receiving.taking_back import stamp_of
from tests.factories import AgencyFactory, dispatched_to, recipient_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Agency:
    agency: Agency = AgencyFactory()
    return agency


@pytest.fixture
def address(unit: Agency) -> str:
    dispatched_to(unit, at=timezone.now())
    return reverse("link", args=[link_token(Delivery.objects.get(), at=timezone.now())])


@pytest.fixture
def link(address: str) -> Link:
    return read_link(address.split("/")[-2], at=timezone.now())


def confirm(link: Link) -> str:
    """Confirm by link; returns the code."""
    code = request_code(link=link, at=timezone.now()).digits
    acknowledge_by_link(
        link=link, code=code, name="Ayşe KAYA", job_title="Memur", register_number="7", at=timezone.now()
    )
    return code


def shown() -> dict[str, str]:
    """What the form of the letter's page sends besides the code."""
    return {"take_back": "1", "stamp": stamp_of(Delivery.objects.get())}


def test_the_code_that_confirmed_takes_it_back_and_another_code_confirms_anew(
    client: Client, address: str, link: Link
) -> None:
    code = confirm(link)
    assert 'name="take_back"' in client.get(address).content.decode()
    assert Delivery.objects.get().acknowledged_at is not None

    page = client.post(address, {**shown(), "used_code": f" {code[:3]} {code[3:]}"}, follow=True)

    delivery = Delivery.objects.get()
    assert page.status_code == 200
    assert (delivery.acknowledged_at, delivery.acknowledged_name, delivery.register_number) == (None, "", "")
    event = delivery.events.latest("sequence")
    assert (event.kind, event.by, event.data["name"]) == (EventKind.TAKEN_BACK, None, "Ayşe KAYA")
    assert (event.data["via"], event.data["address"]) == ("link", delivery.agency.email)
    confirm(link)
    assert Delivery.objects.get().acknowledged_at is not None
    assert findings() == []


def test_a_wrong_code_counts_and_too_many_end_it(client: Client, address: str, link: Link) -> None:
    code = confirm(link)
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    for _ in range(CODE_TRIES):  # the right one that confirmed isn't counted
        client.post(address, {**shown(), "used_code": wrong})
    assert LinkCode.objects.get().tries_left == 0
    outcome = take_back_by_link(link=link, stamp=shown()["stamp"], code=code, at=timezone.now())

    assert outcome.result == Result.NO_CODE
    assert Delivery.objects.get().acknowledged_at is not None


def test_after_the_period_the_page_offers_nothing_and_the_code_takes_nothing_back(
    client: Client, address: str, link: Link
) -> None:
    code = confirm(link)
    Delivery.objects.update(acknowledged_at=timezone.now() - timedelta(minutes=16))

    assert 'name="take_back"' not in client.get(address).content.decode()
    client.post(address, {**shown(), "used_code": code})

    assert Delivery.objects.get().acknowledged_at is not None


def test_what_a_signed_in_person_confirmed_is_not_taken_back_by_link(
    client: Client, address: str, link: Link, unit: Agency
) -> None:
    code = request_code(link=link, at=timezone.now()).digits
    delivery = Delivery.objects.get()
    acknowledge(delivery=delivery.public_id, by=recipient_of(unit), at=timezone.now())

    assert 'name="take_back"' not in client.get(address).content.decode()
    assert (
        take_back_by_link(link=link, stamp=shown()["stamp"], code=code, at=timezone.now()).result
        == Result.NOTHING
    )


def test_without_a_number_the_link_confirms_as_every_other_way_does(
    client: Client, address: str, link: Link
) -> None:
    code = request_code(link=link, at=timezone.now()).digits

    client.post(address, {"code": code, "name": "Ayşe KAYA", "job_title": "Memur", "register_number": ""})

    assert Delivery.objects.get().acknowledged_at is not None


def test_a_code_that_was_right_at_the_last_try_still_takes_back(link: Link) -> None:
    code = request_code(link=link, at=timezone.now()).digits
    by = {"name": "Ayşe KAYA", "job_title": "Memur", "register_number": "7"}
    for tried in [*["x"] * (CODE_TRIES - 1), code]:
        acknowledge_by_link(link=link, code=tried, at=timezone.now(), **by)
    delivery = Delivery.objects.get()
    assert delivery.acknowledged_at is not None

    outcome = take_back_by_link(link=link, code=code, stamp=stamp_of(delivery), at=timezone.now())

    assert outcome.result == Result.TAKEN_BACK
