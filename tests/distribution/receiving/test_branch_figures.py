"""Figures of a branch after a withdrawal, and the number of letters that a unit passed on."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from circulars.models import Circular
from distribution.models import Delivery
from distribution.queries.receiving.branches import figures_below
from distribution.queries.sending.board import line_figures
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from tests.conftest import SignIn
from tests.factories import AgencyFactory, copy_below, dispatched_to, recipient_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ministry() -> Agency:
    agency: Agency = AgencyFactory(name="Sağlık Bakanlığı")
    return agency


@pytest.fixture
def top(ministry: Agency) -> Delivery:
    return dispatched_to(ministry).deliveries.get()


@pytest.fixture
def client(signed_in: SignIn, ministry: Agency) -> Client:
    return signed_in(recipient_of(ministry))


def test_of_a_withdrawn_letter_they_say_how_it_stood_then(client: Client, top: Delivery) -> None:
    removed, done, _open = (copy_below(top, AgencyFactory(parent=top.agency)) for _ in range(3))
    acknowledge(delivery=done.public_id, by=recipient_of(done.agency), at=timezone.now())
    Delivery.objects.filter(pk=removed.pk).update(withdrawn_at=timezone.now())
    circular = top.circular
    withdraw(circular=circular, reason="Yanlış", by=circular.recorded_by, at=timezone.now())

    figures = figures_below([top.pk])[top.pk]

    assert (figures.units, figures.acknowledged) == (2, 1)
    (line,) = line_figures(Circular.objects.get(pk=circular.pk))
    assert line.below == figures
    page = client.get(reverse("delivery", args=[top.public_id])).content.decode()
    assert "teyit eden 1 / 2 birim" in page


def test_where_nothing_is_left_to_count_none_are_shown(client: Client, top: Delivery) -> None:
    copy_below(top, AgencyFactory(parent=top.agency), withdrawn_at=timezone.now())

    page = client.get(reverse("delivery", args=[top.public_id])).content.decode()

    assert reverse("branch", args=[top.public_id]) in page
    assert "0 / 0" not in page


def test_the_tab_says_how_many_letters_were_passed_on(
    client: Client, ministry: Agency, top: Delivery
) -> None:
    for parent in (top, top, dispatched_to(ministry).deliveries.get()):
        copy_below(parent, AgencyFactory(parent=ministry))
    dispatched_to(ministry)

    for name in ("unit_inbox", "passed_on"):
        assert "Alt dağıtımlar (2)" in client.get(reverse(name, args=[ministry.pk])).content.decode()
