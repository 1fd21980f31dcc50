"""Handovers by hand or post, recorded with a proof and shown as weaker proof."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agencies.models import Agency
from circulars.models import Circular
from distribution.models import Channel, Delivery, EventKind, Handover, HandoverMethod, Notice, Stage
from distribution.outbox.channels import PermanentFailure
from distribution.outbox.outages.retry import retry_failed
from distribution.outbox.record import record_failure
from distribution.queries.sending.sending_figures import sending_figures
from distribution.services.follow_up.hand_over import (
    ImpossibleDay,
    NotHandedOver,
    Paper,
    hand_over,
    moment_of,
)
from tests.conftest import SignIn
from tests.factories import MOMENT, AgencyFactory, claimed, dispatched_to, manager_of, recipient_of, sender_of

pytestmark = pytest.mark.django_db
NEXT_DAY = date(2026, 3, 3)
LATER = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü")


@pytest.fixture
def circular(issuer: Agency) -> Circular:
    return dispatched_to(AgencyFactory(name="Ardahan Valiliği"), issuer=issuer)


def paper(on: date = NEXT_DAY) -> Paper:
    proof = SimpleUploadedFile("zimmet.pdf", b"imzali")
    return Paper(HandoverMethod.HAND, on, "Ayşe KAYA, Memur", proof, "2026/14")


def typed(**changes: object) -> dict[str, object]:
    proof = SimpleUploadedFile("zimmet.pdf", b"imzali")
    usual = {"method": "post", "handed_on": "03.03.2026", "received_by": "Ayşe KAYA", "proof": proof}
    return {**usual, **changes}


def url_of(name: str, *more: int) -> str:
    delivery = Delivery.objects.get()
    return reverse(name, args=[delivery.circular.public_id, delivery.public_id, *more])


def test_a_handover_reaches_the_unit_at_the_end_of_the_working_hours_of_its_day(
    issuer: Agency, circular: Circular
) -> None:
    by = sender_of(issuer)

    handover = hand_over(delivery=Delivery.objects.get().public_id, paper=paper(), by=by, at=LATER)

    delivery = Delivery.objects.get()
    evening = datetime(2026, 3, 3, 14, 30, tzinfo=UTC)
    assert (delivery.notified_at, delivery.reached_at) == (evening, evening)
    assert delivery.stage == Stage.REACHED
    assert (handover.notice.channel, handover.notice.sent_at) == (Channel.HAND, evening)
    event = delivery.events.get(kind=EventKind.HANDED_OVER)
    assert (event.at, event.by) == (LATER, by)
    assert event.data["received_by"] == "Ayşe KAYA, Memur"
    assert event.data["sha256"] == sha256(b"imzali").hexdigest() == handover.sha256


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (MOMENT.date(), datetime(2026, 3, 2, 14, 30, tzinfo=UTC)),
        (LATER.date(), LATER),
    ],
    ids=["the day of the dispatch", "today, before the evening"],
)
def test_the_moment_lies_between_the_dispatch_and_the_recording(day: date, expected: datetime) -> None:
    assert moment_of(day, sent=MOMENT, at=LATER) == expected


def test_what_was_sent_in_the_evening_was_not_handed_over_before() -> None:
    evening = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)

    assert moment_of(evening.date(), sent=evening, at=LATER) == evening


def test_milestones_that_were_reached_before_stay_where_they_are(issuer: Agency, circular: Circular) -> None:
    Delivery.objects.update(notified_at=MOMENT, reached_at=MOMENT)

    hand_over(delivery=Delivery.objects.get().public_id, paper=paper(), by=sender_of(issuer), at=LATER)

    assert Delivery.objects.get().reached_at == MOMENT


def test_it_takes_the_place_of_the_notice_that_could_not_be_sent(issuer: Agency, circular: Circular) -> None:
    notice = claimed()
    record_failure(notice=notice, error=PermanentFailure("550"), at=MOMENT)

    hand_over(delivery=Delivery.objects.get().public_id, paper=paper(), by=sender_of(issuer), at=LATER)

    assert Notice.objects.get(channel=Channel.HAND).replaces == notice
    assert retry_failed(circular=circular, at=LATER) == 0
    figures = sending_figures(circular)
    assert (figures.sent, figures.failed) == (1, 0)


def test_a_letter_that_went_by_mail_as_well_counts_once(issuer: Agency, circular: Circular) -> None:
    hand_over(delivery=Delivery.objects.get().public_id, paper=paper(), by=sender_of(issuer), at=LATER)

    assert sending_figures(circular).notices == 1


@pytest.mark.parametrize("day", [MOMENT.date() - timedelta(days=1), LATER.date() + timedelta(days=1)])
def test_an_impossible_day_is_refused_and_leaves_nothing(
    issuer: Agency, circular: Circular, day: date
) -> None:
    with pytest.raises(ImpossibleDay):
        hand_over(delivery=Delivery.objects.get().public_id, paper=paper(day), by=sender_of(issuer), at=LATER)

    assert not Handover.objects.exists()
    assert Delivery.objects.get().reached_at is None


def test_what_was_withdrawn_is_not_handed_over(issuer: Agency, circular: Circular) -> None:
    Delivery.objects.update(withdrawn_at=MOMENT)

    with pytest.raises(NotHandedOver):
        hand_over(delivery=Delivery.objects.get().public_id, paper=paper(), by=sender_of(issuer), at=LATER)

    assert not Notice.objects.filter(channel=Channel.HAND).exists()


def test_only_senders_of_the_issuer_record_one(issuer: Agency, circular: Circular) -> None:
    delivery = Delivery.objects.get()
    for person in (recipient_of(delivery.agency), manager_of(issuer), sender_of(AgencyFactory())):
        with pytest.raises(Delivery.DoesNotExist):
            hand_over(delivery=delivery.public_id, paper=paper(), by=person, at=LATER)


def test_a_sender_records_it_on_the_page_and_it_is_shown_as_weaker(
    signed_in: SignIn, issuer: Agency, circular: Circular
) -> None:
    client = signed_in(sender_of(issuer))

    response = client.post(url_of("hand_over"), typed(), follow=True)

    page = response.content.decode()
    assert "Ayşe KAYA" in page
    assert "zimmet.pdf" in page
    notified, reached = response.context["milestones"][:2]
    assert notified.weaker
    assert reached.weaker
    assert "Ayşe KAYA" in reached.proof


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"handed_on": "01.03.2026"}, "handed_on"),
        ({"handed_on": "31.12.2099"}, "handed_on"),
        ({"handed_on": "dün"}, "handed_on"),
        ({"received_by": " "}, "received_by"),
        ({"method": "güvercin"}, "method"),
        ({"proof": ""}, "proof"),
        ({"proof": SimpleUploadedFile("bos.pdf", b"")}, "proof"),
        ({"proof": SimpleUploadedFile("virus.exe", b"MZ")}, "proof"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    signed_in: SignIn, issuer: Agency, circular: Circular, changes: dict[str, object], field: str
) -> None:
    response = signed_in(sender_of(issuer)).post(url_of("hand_over"), typed(reference="RR 123 TR", **changes))

    assert response.context["hand_over_form"].errors.keys() == {field}
    assert "RR 123 TR" in response.content.decode()
    assert not Handover.objects.exists()


def test_a_manager_sees_the_proof_but_no_form(signed_in: SignIn, issuer: Agency, circular: Circular) -> None:
    hand_over(delivery=Delivery.objects.get().public_id, paper=paper(), by=sender_of(issuer), at=LATER)
    client = signed_in(manager_of(issuer))

    page = client.get(url_of("recipient"))
    proof = client.get(url_of("handover_proof", Handover.objects.get().pk))

    assert page.context["hand_over_form"] is None
    assert b"".join(proof.streaming_content) == b"imzali"  # type: ignore[attr-defined]
    assert client.post(url_of("hand_over"), typed()).status_code == 404


def test_a_stranger_finds_neither_form_nor_proof(
    signed_in: SignIn, issuer: Agency, circular: Circular
) -> None:
    hand_over(delivery=Delivery.objects.get().public_id, paper=paper(), by=sender_of(issuer), at=LATER)
    client = signed_in(sender_of(AgencyFactory()))

    assert client.get(url_of("handover_proof", Handover.objects.get().pk)).status_code == 404
    assert client.post(url_of("hand_over"), typed()).status_code == 404


def test_a_withdrawn_copy_says_that_it_is_not_to_be_brought_any_more(
    signed_in: SignIn, issuer: Agency, circular: Circular
) -> None:
    Delivery.objects.update(withdrawn_at=MOMENT)

    response = signed_in(sender_of(issuer)).post(url_of("hand_over"), typed(), follow=True)

    assert "alert-danger" in response.content.decode()
    assert not Handover.objects.exists()


def test_looking_at_the_address_records_nothing(
    signed_in: SignIn, issuer: Agency, circular: Circular
) -> None:
    assert signed_in(sender_of(issuer)).get(url_of("hand_over")).status_code == 302
