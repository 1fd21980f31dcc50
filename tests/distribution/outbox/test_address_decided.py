"""The mail about the decision on an address says what is left to do for the recipient, as it is when it leaves."""

import pytest

from agencies.models import Agency, ProposalState, ProposedAddress
from agencies.services.contact_details.propose_address import propose_address
from distribution.models import Delivery, Notice, NoticeKind, NoticeState
from distribution.outbox.messages import context_of
from distribution.services.decide_address import decide_address
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.sending.dispatch import dispatch
from tests.factories import MOMENT, AgencyFactory, UserFactory, draft_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db
ADDRESS, RIGHT = "igdir@kurum.gov.tr", "dogru@kurum.gov.tr"


@pytest.fixture
def delivery() -> Delivery:
    """A copy whose notice goes to an address that its sender set."""
    unit = AgencyFactory(name="Iğdır Valiliği", email="")
    draft = draft_to(unit)
    propose_address(
        unit=unit,
        channel="email",
        address=ADDRESS,
        letter=draft.pk,
        issuer=draft.issuer,
        by=sender_of(draft.issuer),
        at=MOMENT,
    )
    dispatch(circular=draft, by=draft.recorded_by, at=MOMENT)
    return Delivery.objects.get()


def letter_left(delivery: Delivery, address: str = ADDRESS) -> None:
    Notice.objects.filter(delivery=delivery, kind=NoticeKind.LETTER).update(
        state=NoticeState.SENT, address=address, sent_at=MOMENT, recorded_at=MOMENT
    )


def what_follows(state: ProposalState) -> str:
    right = RIGHT if state == ProposalState.CORRECTED else ""
    decide_address(
        proposal=ProposedAddress.objects.get(),
        state=state,
        corrected_to=right,
        reason="" if right else "Yanlış",
        by=UserFactory(),
        at=MOMENT,
    )
    return str(context_of(Notice.objects.get(kind=NoticeKind.ADDRESS_DECIDED))["follows"])


@pytest.mark.parametrize("state", [ProposalState.REFUSED, ProposalState.CORRECTED])
def test_a_letter_that_left_for_the_wrong_address_alone_is_to_be_sent_again(
    delivery: Delivery, state: ProposalState
) -> None:
    letter_left(delivery)

    assert what_follows(state) == "send_again"


def test_a_letter_that_waits_leaves_for_the_right_address_by_itself(delivery: Delivery) -> None:
    assert what_follows(ProposalState.CORRECTED) == "leaves"


def test_a_letter_that_was_given_up_is_to_be_sent_again(delivery: Delivery) -> None:
    assert what_follows(ProposalState.REFUSED) == "send_again"


def test_a_letter_that_the_next_channel_takes_leaves_by_itself(delivery: Delivery, kep_account: None) -> None:
    Agency.objects.filter(pk=delivery.agency_id).update(kep_address="igdir@hs01.kep.tr")

    assert what_follows(ProposalState.REFUSED) == "leaves"


def test_a_unit_that_was_told_at_another_address_is_not_told_again(delivery: Delivery) -> None:
    letter_left(delivery, "baska@kurum.gov.tr")

    assert what_follows(ProposalState.REFUSED) == "told_elsewhere"


def test_a_unit_that_has_confirmed_is_not_told_again(delivery: Delivery) -> None:
    letter_left(delivery)
    acknowledge(delivery=delivery.public_id, by=recipient_of(delivery.agency), at=MOMENT)

    assert what_follows(ProposalState.REFUSED) == "nothing"


def test_a_withdrawn_letter_is_not_sent_again(delivery: Delivery) -> None:
    letter_left(delivery)
    withdraw(circular=delivery.circular, reason="yanlış liste", by=delivery.circular.recorded_by, at=MOMENT)

    assert what_follows(ProposalState.REFUSED) == "nothing"


def test_a_confirmation_through_the_link_that_a_stranger_got_does_not_count(delivery: Delivery) -> None:
    letter_left(delivery)
    Delivery.objects.filter(pk=delivery.pk).update(
        acknowledged_at=MOMENT, acknowledged_name="Bir kişi", acknowledged_sha256="a" * 64
    )

    assert what_follows(ProposalState.REFUSED) == "send_again"
