"""A decision on an address, on a connection of its own, while a letter to that address leaves."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from agencies.models import Agency, ProposalState, ProposedAddress, User
from agencies.services.contact_details.propose_address import propose_address
from circulars.models import Circular
from distribution.models import Notice, NoticeKind, NoticeState
from distribution.outbox.send import send_due
from distribution.services.decide_address import decide_address
from distribution.services.sending.dispatch import dispatch
from tests.at_once import at_once, somebody_waits_for_a_lock
from tests.consistency import findings
from tests.factories import MOMENT, AgencyFactory, UserFactory, draft_to, sender_of
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS, RIGHT = "igdir@kurum.gov.tr", "dogru@kurum.gov.tr"
DECISIONS = [(ProposalState.REFUSED, ""), (ProposalState.CORRECTED, RIGHT)]


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Iğdır Valiliği", email="")


def draft_to_set_address(unit: Agency) -> Circular:
    draft = draft_to(unit)
    set_for(draft, unit, sender_of(draft.issuer))
    return draft


def set_for(draft: Circular, unit: Agency, by: User) -> ProposedAddress:
    return propose_address(
        unit=unit, channel="email", address=ADDRESS, letter=draft.pk, issuer=draft.issuer, by=by, at=MOMENT
    )


def deciding(state: ProposalState, right: str) -> Callable[[], object]:
    proposal, by = ProposedAddress.objects.get(), UserFactory()

    def decide() -> ProposedAddress:
        try:
            return decide_address(
                proposal=proposal, state=state, corrected_to=right, reason="Yanlış", by=by, at=MOMENT
            )
        finally:
            connection.close()

    return decide


def send(draft: Circular) -> None:
    dispatch(circular=draft, by=draft.recorded_by, at=MOMENT)


def begun(pool: ThreadPoolExecutor, action: Callable[[], object]) -> Future[object]:
    """The action in its thread, once it has ended or waits for a lock."""
    running = pool.submit(action)
    while not running.done() and not somebody_waits_for_a_lock():
        pass
    return running


def outcome() -> list[tuple[str, str]]:
    letters = Notice.objects.filter(kind=NoticeKind.LETTER).order_by("pk")
    return [(each.state, each.address) for each in letters]


@pytest.mark.parametrize(("state", "right"), DECISIONS)
def test_a_letter_that_is_being_dispatched_is_waited_for(
    unit: Agency, postbox: Postbox, state: ProposalState, right: str
) -> None:
    draft = draft_to_set_address(unit)
    decide = deciding(state, right)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            send(draft)
            decision = begun(pool, decide)
        decision.result(20)

    expected = (NoticeState.WAITING, RIGHT) if right else (NoticeState.FAILED, ADDRESS)
    assert outcome() == [expected]
    send_due()
    assert ADDRESS not in [mail["To"] for mail in postbox.mails]
    assert findings() == []


def test_a_letter_that_takes_the_address_over_meanwhile_is_concerned_too(unit: Agency) -> None:
    first, second = draft_to_set_address(unit), draft_to(unit)
    decide = deciding(ProposalState.REFUSED, "")

    def set_and_send() -> None:
        set_for(second, unit, second.recorded_by)
        send(second)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            send(first)
            decision = begun(pool, decide)
            at_once(set_and_send)
        decision.result(20)

    assert outcome() == [(NoticeState.FAILED, ADDRESS)] * 2
    assert findings() == []


def test_a_dispatch_after_the_decision_finds_no_address(unit: Agency) -> None:
    draft = draft_to_set_address(unit)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            deciding_now = ProposedAddress.objects.get()
            decide_address(
                proposal=deciding_now,
                state=ProposalState.REFUSED,
                reason="Yanlış",
                by=UserFactory(),
                at=MOMENT,
            )
            sending = begun(pool, lambda: (send(draft), connection.close()))
        sending.result(20)

    assert outcome() == []


def test_what_was_written_to_a_refused_address_all_the_same_does_not_leave(
    unit: Agency, postbox: Postbox
) -> None:
    draft = draft_to_set_address(unit)
    send(draft)
    deciding(ProposalState.REFUSED, "")()
    Notice.objects.filter(kind=NoticeKind.LETTER).update(state=NoticeState.WAITING)

    send_due()

    assert outcome() == [(NoticeState.FAILED, ADDRESS)]
    assert ADDRESS not in [mail["To"] for mail in postbox.mails]
