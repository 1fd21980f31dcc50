"""A unit replaces what the sender recorded on its behalf by its own act, or objects to it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from agencies.services.refusal import ActionRefused
from circulars.models import Circular
from distribution.links import Link, expiry, link_token
from distribution.models import (
    Delivery,
    Disposition,
    EventKind,
    LinkCode,
    Notice,
    NoticeKind,
    OnBehalfRecord,
    RecordEnd,
    ReturnGround,
)
from distribution.outbox.messages import compose
from distribution.queries.sending.decisions import of_letter, of_letters
from distribution.services.by_link.acknowledge_by_link import Result, acknowledge_by_link
from distribution.services.by_link.link_codes import request_code
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge, acknowledge_several
from distribution.services.receiving.answer import attach_documents, complete
from distribution.services.receiving.object_to_record import object_to_record
from distribution.services.receiving.return_letter import return_letter
from tests.conftest import SignIn
from tests.consistency import findings
from tests.distribution.follow_up.on_behalf import LATER, answered, recorded, recorded_now
from tests.factories import AgencyFactory, dispatched_to, recipient_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
THEN = LATER + timedelta(hours=1)


@pytest.fixture
def unit() -> Agency:
    agency: Agency = AgencyFactory(name="Ardahan Valiliği")
    return agency


@pytest.fixture
def delivery(unit: Agency) -> Delivery:
    return dispatched_to(unit, AgencyFactory()).deliveries.get(agency=unit)


def test_the_unit_s_own_confirmation_replaces_the_recorded_one(delivery: Delivery, unit: Agency) -> None:
    record, person = recorded(delivery), recipient_of(unit)

    assert acknowledge(delivery=delivery.public_id, by=person, at=THEN, register_number="9").first

    delivery.refresh_from_db()
    assert (delivery.acknowledged_at, delivery.acknowledged_by) == (THEN, person)
    assert (delivery.acknowledged_name, delivery.register_number) == ("", "9")
    assert delivery.acknowledged_sha256 == delivery.circular.content_sha256
    assert not delivery.has_record
    record.refresh_from_db()
    assert (record.ended_as, record.ended_by) == (RecordEnd.REPLACED, person)
    kinds = set(delivery.events.values_list("kind", flat=True))
    assert {EventKind.RECORDED_ON_BEHALF, EventKind.ACKNOWLEDGED} <= kinds
    assert not acknowledge(delivery=delivery.public_id, by=person, at=THEN).first
    assert findings() == []


def test_one_of_several_letters_confirmed_at_once_was_recorded(delivery: Delivery, unit: Agency) -> None:
    recorded(delivery)
    other = dispatched_to(unit).deliveries.get()
    wanted = [delivery.public_id, other.public_id]

    outcome = acknowledge_several(deliveries=wanted, agency=unit, by=recipient_of(unit), at=THEN)

    assert [each.first for each in outcome] == [True, True]
    assert not Delivery.objects.filter(acknowledged_on_behalf=True).exists()
    assert findings() == []


def test_a_confirmation_by_link_replaces_it_too(delivery: Delivery) -> None:
    record, link = recorded(delivery), Link(delivery.public_id, 0, expiry(at=LATER))
    request_code(link=link, at=THEN)

    answer = acknowledge_by_link(
        link=link, code=LinkCode.objects.get().digits, name="Ayşe KAYA", job_title="Memur", register_number="",
        at=THEN,
    )  # fmt: skip

    delivery.refresh_from_db()
    record.refresh_from_db()
    assert answer.result == Result.CONFIRMED
    assert delivery.was_confirmed_by_link
    assert (delivery.acknowledged_person, delivery.has_record) == ("Ayşe KAYA", False)
    assert record.ended_as == RecordEnd.REPLACED
    assert findings() == []


def test_a_unit_without_an_account_objects_by_its_link(client: Client, english: object, unit: Agency) -> None:
    delivery = dispatched_to(unit, at=timezone.now() - timedelta(days=1)).deliveries.get()
    record = recorded_now(delivery)
    address = reverse("link", args=[link_token(delivery, at=timezone.now())])
    assert "Can SU, Yazı İşleri Şefi" in client.get(address).content.decode()
    client.post(address, {"ask": "1"})
    given = {"object": "1", "name": "Ayşe KAYA", "job_title": "Memur", "reason": "Kimse aranmadı."}

    other = f"{(int(LinkCode.objects.get().digits) + 1) % 10**6:06d}"
    wrong = client.post(address, {**given, "code": other}).content.decode()
    assert "not the code of the newest e-mail" in wrong
    assert "Kimse aranmadı." in wrong
    client.post(address, {**given, "code": LinkCode.objects.get().digits})

    delivery.refresh_from_db()
    record.refresh_from_db()
    assert delivery.is_outstanding
    assert (record.ended_as, record.ended_by_whom) == (RecordEnd.OBJECTED, "Ayşe KAYA, Memur")
    data = delivery.events.get(kind=EventKind.OBJECTED).data
    assert (data["via"], data["address"]) == ("link", unit.email)
    assert Notice.objects.filter(kind=NoticeKind.OBJECTED).count() == 1
    client.post(address, {**given, "code": LinkCode.objects.get().digits})
    assert Notice.objects.filter(kind=NoticeKind.OBJECTED).count() == 1
    assert findings() == []


def test_the_unit_s_own_answer_replaces_the_recorded_one_and_only_it_takes_documents(
    delivery: Delivery, unit: Agency
) -> None:
    recorded(delivery, answered())
    person = recipient_of(unit)
    with pytest.raises(ActionRefused):
        attach_documents(delivery=delivery.public_id, by=person, at=THEN, documents=[])

    complete(
        delivery=delivery.public_id,
        by=person,
        at=THEN,
        disposition=Disposition.NOT_APPLICABLE,
        note="Yetkisiz",
    )

    delivery.refresh_from_db()
    assert (delivery.completed_at, delivery.completed_by, delivery.completed_name) == (THEN, person, "")
    assert (delivery.disposition, delivery.answer_note) == (Disposition.NOT_APPLICABLE, "Yetkisiz")
    assert not delivery.has_record
    assert not OnBehalfRecord.objects.holding().exists()
    assert findings() == []


def test_an_objection_makes_the_letter_outstanding_again_and_tells_the_sender(
    delivery: Delivery, unit: Agency
) -> None:
    record, person = recorded(delivery, answered()), recipient_of(unit)

    object_to_record(delivery=delivery.public_id, by=person, at=THEN, reason="Kimse aranmadı.")

    delivery.refresh_from_db()
    record.refresh_from_db()
    assert delivery.is_outstanding
    assert (delivery.completed_at, delivery.disposition, delivery.answer_note) == (None, "", "")
    assert delivery.next_reminder_at is not None
    assert (record.ended_as, record.ended_by) == (RecordEnd.OBJECTED, person)
    assert delivery.events.get(kind=EventKind.OBJECTED).data["reason"] == "Kimse aranmadı."
    notice = Notice.objects.get(kind=NoticeKind.OBJECTED)
    assert notice.agency == delivery.circular.issuer
    message = compose(notice)
    assert "Ardahan Valiliği" in message.subject
    assert "Kimse aranmadı." in message.text
    page = reverse("recipient", args=[delivery.circular.public_id, delivery.public_id])
    assert page in message.text
    assert findings() == []


def test_an_objection_after_the_unit_s_own_confirmation_concerns_the_answer_only(
    delivery: Delivery, unit: Agency
) -> None:
    recorded(delivery, answered())
    person = recipient_of(unit)
    acknowledge(delivery=delivery.public_id, by=person, at=THEN)

    object_to_record(delivery=delivery.public_id, by=person, at=THEN, reason="Cevap vermedik.")

    delivery.refresh_from_db()
    assert (delivery.acknowledged_by, delivery.is_unanswered) == (person, True)
    assert findings() == []


def test_an_objection_waits_for_the_sender_until_the_unit_confirms(delivery: Delivery, unit: Agency) -> None:
    record, person, letter = recorded(delivery), recipient_of(unit), delivery.circular
    object_to_record(delivery=delivery.public_id, by=person, at=THEN, reason="Kimse aranmadı.")
    assert of_letter(letter).objections == [record]
    assert of_letters(Circular.objects.all(), at=THEN).objections == [record]

    acknowledge(delivery=delivery.public_id, by=person, at=THEN)

    assert of_letter(letter).objections == []


def test_nothing_is_objected_to_twice_or_after_a_withdrawal(delivery: Delivery, unit: Agency) -> None:
    person, letter = recipient_of(unit), delivery.circular
    recorded(delivery)
    object_to_record(delivery=delivery.public_id, by=person, at=THEN, reason="Kimse aranmadı.")
    with pytest.raises(ActionRefused):
        object_to_record(delivery=delivery.public_id, by=person, at=THEN, reason="Kimse aranmadı.")
    assert Notice.objects.filter(kind=NoticeKind.OBJECTED).count() == 1

    recorded(delivery)
    withdraw(circular=letter, reason="Yanlış", by=letter.recorded_by, at=THEN)
    with pytest.raises(ActionRefused):
        object_to_record(delivery=delivery.public_id, by=person, at=THEN, reason="Kimse aranmadı.")
    assert findings() == []


def test_a_recorded_answer_is_objected_to_before_the_letter_is_returned(
    delivery: Delivery, unit: Agency
) -> None:
    recorded(delivery, answered())
    person, given = recipient_of(unit), {"ground": ReturnGround.NOT_ADDRESSEE, "reason": "Bizim değil"}

    with pytest.raises(ActionRefused):
        return_letter(delivery=delivery.public_id, by=person, at=THEN, **given)

    object_to_record(delivery=delivery.public_id, by=person, at=THEN, reason="Cevap vermedik.")
    return_letter(delivery=delivery.public_id, by=person, at=THEN, **given)
    assert findings() == []


def test_the_unit_sees_the_record_in_its_inbox_and_on_the_letter_and_objects_there(
    signed_in: SignIn, english: object, unit: Agency
) -> None:
    letter = dispatched_to(unit, at=timezone.now() - timedelta(days=1))
    delivery = letter.deliveries.get()
    record = recorded_now(delivery)
    client = signed_in(recipient_of(unit))
    address = reverse("delivery", args=[delivery.public_id])

    inbox = client.get(reverse("unit_inbox", args=[unit.pk])).content.decode()
    page = client.get(address).content.decode()

    assert "on your unit's behalf by the sender in the last two weeks" in inbox
    assert "Can SU, Yazı İşleri Şefi" in inbox
    assert "recorded that your unit has answered this letter" in page
    assert "recorded by the sender" in page
    assert reverse("object_to_record", args=[delivery.public_id]) in page
    archive = client.get(reverse("unit_inbox", args=[unit.pk]), {"show": "confirmed"}).content.decode()
    assert "recorded by the sender" in archive

    refused = client.post(reverse("object_to_record", args=[delivery.public_id]), {"reason": " "})
    assert refused.status_code == 200
    assert record.is_holding
    assert client.get(reverse("object_to_record", args=[delivery.public_id])).status_code == 302
    client.post(reverse("object_to_record", args=[delivery.public_id]), {"reason": "Kimse aranmadı."})

    delivery.refresh_from_db()
    assert delivery.is_outstanding
    assert (
        "Can SU, Yazı İşleri Şefi" not in client.get(reverse("unit_inbox", args=[unit.pk])).content.decode()
    )
    late = client.post(
        reverse("object_to_record", args=[delivery.public_id]), {"reason": "Bir daha"}, follow=True
    )
    assert "Bir daha" in late.content.decode()
    assert findings() == []


def test_another_unit_may_not_object_and_sees_nothing_of_it(
    signed_in: SignIn, delivery: Delivery, unit: Agency
) -> None:
    recorded(delivery)
    stranger = signed_in(recipient_of(AgencyFactory()))

    answer = stranger.post(reverse("object_to_record", args=[delivery.public_id]), {"reason": "Yanlış"})

    assert answer.status_code == 404
    assert OnBehalfRecord.objects.holding().exists()


def test_the_inbox_asks_as_often_for_many_records_as_for_few(signed_in: SignIn, unit: Agency) -> None:
    client, address = signed_in(recipient_of(unit)), reverse("unit_inbox", args=[unit.pk])

    def with_more(count: int) -> int:
        for _ in range(count):
            sent = dispatched_to(unit, at=timezone.now() - timedelta(days=1))
            recorded_now(sent.deliveries.get())
        return query_count(client.get, address)

    client.get(address)
    assert with_more(2) == with_more(8)
