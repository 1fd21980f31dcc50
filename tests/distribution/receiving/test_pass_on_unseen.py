"""Passing on tells nobody that a related unit has the letter whose copy they may not see."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Role, User
from circulars.models import Purpose
from distribution.models import Delivery
from tests.conftest import SignIn
from tests.factories import AgencyFactory, MembershipFactory, copy_below, dispatched_to, recipient_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ministry() -> Agency:
    agency: Agency = AgencyFactory(name="Bakanlık")
    return agency


@pytest.fixture
def unit(ministry: Agency) -> Agency:
    agency: Agency = AgencyFactory(name="Birim", parent=ministry)
    return agency


@pytest.fixture
def sibling(ministry: Agency) -> Agency:
    agency: Agency = AgencyFactory(name="Kardeş Birim", parent=ministry)
    return agency


@pytest.fixture
def mine(ministry: Agency, unit: Agency, sibling: Agency) -> Delivery:
    """The unit's copy; its parent and a sibling got the same letter, and the sibling passed it on below."""
    circular = dispatched_to(ministry, unit, sibling)
    branch = circular.deliveries.get(agency=sibling)
    copy_below(branch, AgencyFactory(name="Kardeşin Şubesi", parent=sibling))
    return circular.deliveries.get(agency=unit)


def others() -> list[Agency]:
    return list(Agency.objects.filter(name__in=["Bakanlık", "Kardeş Birim", "Kardeşin Şubesi"]))


def ticks(step: str, *agencies: Agency) -> dict[str, object]:
    keys = [str(each.pk) for each in agencies]
    return {"to": keys, **{f"purpose-{key}": Purpose.ACTION for key in keys}, "step": step}


def look(client: Client, mine: Delivery) -> tuple[set[str], set[str]]:
    """Names of those of the others that the preview says have it, and that it says will get it."""
    context = client.post(reverse("pass_on", args=[mine.public_id]), ticks("look", *others())).context
    getting = {agency.name for _purpose, agencies in context["heads"] for agency in agencies}
    return {agency.name for agency in context["had_it"]}, getting


def test_a_unit_that_has_it_elsewhere_looks_like_any_other(signed_in: SignIn, mine: Delivery) -> None:
    client = signed_in(recipient_of(mine.agency))
    found = client.post(reverse("pass_on", args=[mine.public_id]), {"step": "find", "q": "kardeş"})

    had_it, getting = look(client, mine)

    assert {row.name: row.has_it for row in found.context["offer"].related} == {
        "Kardeş Birim": False,
        "Kardeşin Şubesi": False,
    }
    assert had_it == set()
    assert getting == {"Bakanlık", "Kardeş Birim", "Kardeşin Şubesi"}


def as_manager_above(mine: Delivery) -> User:
    person = recipient_of(mine.agency)
    MembershipFactory(user=person, agency=mine.agency.parent, role=Role.MANAGER)
    return person


def as_sender(mine: Delivery) -> User:
    person = recipient_of(mine.agency)
    MembershipFactory(user=person, agency=mine.circular.issuer, role=Role.SENDER)
    return person


@pytest.mark.parametrize("who", [as_manager_above, as_sender])
def test_who_may_see_the_copies_is_told(
    signed_in: SignIn, mine: Delivery, who: Callable[[Delivery], User]
) -> None:
    had_it, getting = look(signed_in(who(mine)), mine)

    assert had_it == {"Bakanlık", "Kardeş Birim", "Kardeşin Şubesi"}
    assert getting == set()


def test_a_recipient_of_the_sibling_too_sees_its_branch_only(
    signed_in: SignIn, mine: Delivery, sibling: Agency
) -> None:
    person = recipient_of(mine.agency)
    MembershipFactory(user=person, agency=sibling, role=Role.RECIPIENT)

    assert look(signed_in(person), mine) == ({"Kardeş Birim", "Kardeşin Şubesi"}, {"Bakanlık"})


def test_what_the_unit_itself_passed_on_is_told_at_any_depth(signed_in: SignIn, mine: Delivery) -> None:
    below = AgencyFactory(name="Alt Birim", parent=mine.agency)
    deep = AgencyFactory(name="Alt Şube", parent=below)
    copy_below(copy_below(mine, below), deep)

    response = signed_in(recipient_of(mine.agency)).post(
        reverse("pass_on", args=[mine.public_id]), ticks("look", below, deep)
    )

    assert {agency.name for agency in response.context["had_it"]} == {"Alt Birim", "Alt Şube"}


def test_afterwards_nobody_has_it_twice_and_no_reason_is_given(signed_in: SignIn, mine: Delivery) -> None:
    new = AgencyFactory(name="Yeni Birim", parent=mine.agency)
    response = signed_in(recipient_of(mine.agency)).post(
        reverse("pass_on", args=[mine.public_id]), ticks("send", new, *others()), follow=True
    )

    said = " ".join(str(message) for message in response.context["messages"])
    assert [each.agency for each in mine.children.all()] == [new]
    assert "Kardeş Birim" in said and "zaten var" not in said
