"""An address that waits for a decision ends by itself when no letter uses it any more."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, ProposalState, ProposedAddress, User
from agencies.services.contact_details.propose_address import propose_address
from circulars.models import Circular
from circulars.services.draft import discard
from distribution.services.decide_address import decide_address
from distribution.services.end_unused_addresses import end_unused_addresses
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.sending.dispatch import dispatch
from tests.conftest import SignIn
from tests.consistency import findings
from tests.factories import MOMENT, AgencyFactory, UserFactory, draft_to, sender_of

pytestmark = pytest.mark.django_db
ADDRESS = "igdir@kurum.gov.tr"


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Iğdır Valiliği", email="")


@pytest.fixture
def draft(unit: Agency) -> Circular:
    return draft_to(unit, AgencyFactory())


@pytest.fixture
def administrator() -> User:
    return UserFactory(is_directory_administrator=True)


def set_for(draft: Circular, unit: Agency, address: str = ADDRESS) -> ProposedAddress:
    by = sender_of(draft.issuer)
    return propose_address(
        unit=unit, channel="email", address=address, letter=draft.pk, issuer=draft.issuer, by=by, at=MOMENT
    )


def used_by() -> list[list[int]]:
    return [each.letters for each in ProposedAddress.objects.order_by("pk")]


def test_an_address_of_a_deleted_draft_ends_and_is_decided_no_more(
    english: Client, signed_in: SignIn, draft: Circular, unit: Agency, administrator: User
) -> None:
    proposal = set_for(draft, unit)
    discard(circular=draft)

    assert end_unused_addresses(at=timezone.now()) == 1

    unit.refresh_from_db()
    assert unit.proposed == {}
    client = signed_in(administrator)
    assert ADDRESS not in client.get(reverse("proposed_addresses")).content.decode()
    open_page = reverse("decide_address", args=[proposal.pk])
    assert client.post(open_page, {"decision": "approve"}).status_code == 404
    unit.refresh_from_db()
    assert unit.email == ""
    assert findings() == []


def test_an_address_of_a_unit_that_the_list_does_not_name_any_more_ends(
    draft: Circular, unit: Agency
) -> None:
    set_for(draft, unit)
    draft.lines.filter(agency=unit).delete()

    assert end_unused_addresses(at=timezone.now()) == 1
    assert used_by() == []


def test_a_letter_that_left_without_the_unit_does_not_keep_it(draft: Circular, unit: Agency) -> None:
    set_for(draft, unit)
    draft.lines.filter(agency=unit).delete()
    dispatch(circular=draft, by=draft.recorded_by, at=MOMENT)

    assert end_unused_addresses(at=timezone.now()) == 1


def test_an_address_that_another_letter_uses_goes_on_waiting_for_that_one(
    draft: Circular, unit: Agency
) -> None:
    other = draft_to(unit)
    set_for(draft, unit)
    set_for(other, unit)
    discard(circular=draft)

    assert end_unused_addresses(at=timezone.now()) == 0

    assert used_by() == [[other.pk]]
    unit.refresh_from_db()
    assert unit.open_channels(letter=other.pk) == [("email", ADDRESS)]
    assert findings() == []


def test_an_address_that_a_draft_or_a_sent_letter_uses_goes_on_waiting(draft: Circular, unit: Agency) -> None:
    set_for(draft, unit)
    assert end_unused_addresses(at=timezone.now()) == 0
    dispatch(circular=draft, by=draft.recorded_by, at=MOMENT)
    assert end_unused_addresses(at=timezone.now()) == 0
    withdraw(circular=draft, reason="yanlış liste", by=draft.recorded_by, at=timezone.now())

    assert end_unused_addresses(at=timezone.now()) == 0
    assert used_by() == [[draft.pk]]


def test_an_address_that_every_letter_replaced_is_deleted_whoever_set_it(
    draft: Circular, unit: Agency
) -> None:
    other = draft_to(unit)
    set_for(draft, unit)
    set_for(other, unit)
    set_for(draft, unit, "dogru@kurum.gov.tr")
    set_for(other, unit, "dogru@kurum.gov.tr")

    assert [each.address for each in ProposedAddress.objects.all()] == ["dogru@kurum.gov.tr"]


def test_what_was_decided_stays(draft: Circular, unit: Agency, administrator: User) -> None:
    decide_address(
        proposal=set_for(draft, unit),
        state=ProposalState.REFUSED,
        reason="Yanlış",
        by=administrator,
        at=MOMENT,
    )
    discard(circular=draft)

    assert end_unused_addresses(at=timezone.now()) == 0
    assert ProposedAddress.objects.get().state == ProposalState.REFUSED
