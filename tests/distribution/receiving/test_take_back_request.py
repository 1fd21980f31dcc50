"""Asking the unit that gave the letter to take an act back, and its decision."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import User
from agencies.services.refusal import ActionRefused
from distribution.models import Delivery, EventKind, Notice, NoticeKind, Stage, TakeBackRequest
from distribution.queries.sending.decisions import of_letter
from distribution.services.receiving.take_back_request import ask_take_back, decide_take_back
from tests.conftest import SignIn
from tests.consistency import findings
from tests.distribution.receiving.taking_back import Received
from tests.factories import AgencyFactory, copy_below, manager_of, recipient_of, sender_of

pytestmark = pytest.mark.django_db
EARLIER = timedelta(hours=2)


@pytest.fixture
def got() -> Received:
    """A letter that its unit answered two hours ago."""
    moment = timezone.now() - EARLIER
    received = Received.new(at=moment)
    received.confirm("2026/7", at=moment)
    received.answer(at=moment)
    return received


@pytest.fixture
def sender(got: Received) -> User:
    return sender_of(got.circular.issuer)


def asked(got: Received) -> TakeBackRequest:
    return ask_take_back(
        delivery=got.delivery.public_id, stamp=got.stamp(), by=got.by, at=timezone.now(), reason="Başka yazı"
    )


def test_a_request_goes_to_the_senders_decisions_and_by_mail(got: Received) -> None:
    request = asked(got)

    assert of_letter(got.circular).take_backs == [request]
    assert Notice.objects.get(kind=NoticeKind.TAKE_BACK_ASKED).agency == got.circular.issuer
    event = got.delivery.events.latest("sequence")
    assert (event.kind, event.data["reason"]) == (EventKind.TAKE_BACK_ASKED, "Başka yazı")
    assert findings() == []


def test_only_what_can_not_be_taken_back_by_oneself_is_asked_for_and_once() -> None:
    fresh = Received.new(at=timezone.now())
    fresh.confirm(at=timezone.now())
    with pytest.raises(ActionRefused):
        asked(fresh)
    late = Received.new(at=timezone.now() - EARLIER)
    late.confirm(at=timezone.now() - EARLIER)
    asked(late)
    with pytest.raises(ActionRefused):
        asked(late)

    assert TakeBackRequest.objects.count() == 1


def test_a_grant_takes_it_back_with_an_event_that_names_both(got: Received, sender: User) -> None:
    request = asked(got)

    decide_take_back(request=request.public_id, by=sender, at=timezone.now(), grant=True)

    got.delivery.refresh_from_db()
    assert (got.delivery.stage, got.delivery.register_number) == (Stage.ACKNOWLEDGED, "2026/7")
    event = got.delivery.events.get(kind=EventKind.TAKEN_BACK)
    assert (event.by, event.for_agency) == (sender, got.circular.issuer)
    assert (event.data["name"], event.data["asked_by"]) == (str(sender), str(got.by))
    assert Notice.objects.get(kind=NoticeKind.TAKE_BACK_DECIDED).agency == got.delivery.agency
    assert not of_letter(got.circular)
    assert findings() == []


def test_a_refusal_needs_a_word_and_leaves_the_act(got: Received, sender: User) -> None:
    request = asked(got)
    with pytest.raises(ActionRefused):
        decide_take_back(request=request.public_id, by=sender, at=timezone.now(), grant=False, answer=" ")

    decide_take_back(request=request.public_id, by=sender, at=timezone.now(), grant=False, answer="Uygun")

    got.delivery.refresh_from_db()
    assert got.delivery.stage == Stage.COMPLETED
    assert got.delivery.events.latest("sequence").data["reason"] == "Uygun"
    with pytest.raises(ActionRefused):
        decide_take_back(request=request.public_id, by=sender, at=timezone.now(), grant=True)
    asked(got)  # a refused request may be made again


def test_a_request_that_the_unit_overtook_needs_no_decision(sender: User, got: Received) -> None:
    other = Received.new(at=timezone.now() - EARLIER)
    other.confirm(at=timezone.now() - EARLIER)
    request = asked(other)
    other.answer(at=timezone.now())

    assert not of_letter(other.circular).take_backs
    with pytest.raises(ActionRefused):
        decide_take_back(
            request=request.public_id, by=sender_of(other.circular.issuer), at=timezone.now(), grant=True
        )


def test_the_unit_that_passed_it_on_decides_and_nobody_else(got: Received, sender: User) -> None:
    below = copy_below(got.delivery, AgencyFactory())
    child = Received(got.circular, below, recipient_of(below.agency))
    child.confirm(at=timezone.now() - EARLIER)
    request = asked(child)

    for stranger in (sender, child.by, manager_of(got.circular.issuer)):
        with pytest.raises(TakeBackRequest.DoesNotExist):
            decide_take_back(request=request.public_id, by=stranger, at=timezone.now(), grant=True)
    decide_take_back(request=request.public_id, by=got.by, at=timezone.now(), grant=True)

    below.refresh_from_db()
    assert below.is_outstanding


def page_of(client: Client, name: str, *parts: object) -> str:
    return client.get(reverse(name, args=parts)).content.decode()


def test_the_pages_lead_from_the_request_to_the_answer(
    signed_in: SignIn, english: Client, got: Received, sender: User
) -> None:
    client, delivery = signed_in(got.by), got.delivery.public_id
    assert "Ask the sender to take it back" in page_of(client, "delivery", delivery)
    typed = {"stamp": got.stamp(), "reason": "Başka yazının cevabı"}
    client.post(reverse("ask_take_back", args=[delivery]), typed)
    assert "Not decided yet." in page_of(client, "delivery", delivery)

    request = TakeBackRequest.objects.get()
    decide = reverse("decide_take_back", args=[request.public_id])
    assert client.get(decide).status_code == 404
    client = signed_in(sender)
    for name, parts in (
        ("letters", []),
        ("letter", [got.circular.public_id]),
        ("recipient", [got.circular.public_id, delivery]),
        ("decide_take_back", [request.public_id]),
    ):
        page = page_of(client, name, *parts)
        assert "Başka yazının cevabı" in page
        assert decide in page
    request.refresh_from_db()
    assert request.is_open
    assert "Say why it is not taken back" in client.post(decide, {"decision": "refuse"}).content.decode()
    client.post(decide, {"decision": "refuse", "answer": "Cevap bu yazının"})

    assert "Cevap bu yazının" in page_of(signed_in(got.by), "delivery", delivery)
    assert Delivery.objects.get().stage == Stage.COMPLETED
