"""The service that answers a letter for action."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, transaction

from agencies.services.refusal import ActionRefused
from circulars.files.uploads import FileRefused
from circulars.models import Purpose
from distribution.event_log import first_broken_event
from distribution.models import AnswerDocument, Delivery, DeliveryEvent, Disposition, EventKind, Stage
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import attach_documents, complete
from tests.factories import MOMENT, AgencyFactory, dispatched_to, recipient_of

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(hours=3)


def paper(name: str = "cevap yazısı.pdf", content: bytes = b"%PDF-1.7 cevap") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def kept_files(delivery: Delivery) -> list[Path]:
    folder = Path(settings.MEDIA_ROOT) / "answers" / str(delivery.public_id)
    return list(folder.iterdir()) if folder.exists() else []


def test_one_act_confirms_and_answers_with_both_events() -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    circular = dispatched_to(agency)
    delivery = Delivery.objects.get()

    complete(
        delivery=delivery.public_id,
        by=person,
        at=LATER,
        disposition=Disposition.DONE,
        note=" Yapıldı. ",
        register_number="2026/7",
        documents=[paper()],
    )

    delivery.refresh_from_db()
    assert delivery.stage == Stage.COMPLETED
    assert (delivery.acknowledged_at, delivery.completed_at, delivery.completed_by) == (LATER, LATER, person)
    assert (delivery.register_number, delivery.answer_note) == ("2026/7", "Yapıldı.")
    assert delivery.acknowledged_sha256 == circular.content_sha256
    events = list(delivery.events.all())
    assert [event.kind for event in events[1:]] == [
        EventKind.ACKNOWLEDGED,
        EventKind.COMPLETED,
        EventKind.DOCUMENT_ATTACHED,
    ]
    assert events[2].data["disposition"] == "done"
    assert events[2].for_agency == agency
    assert first_broken_event(delivery, events) is None


def test_a_document_is_kept_with_its_fingerprint() -> None:
    agency = AgencyFactory()
    dispatched_to(agency)
    delivery = Delivery.objects.get()

    complete(
        delivery=delivery.public_id,
        by=recipient_of(agency),
        at=LATER,
        disposition=Disposition.DONE,
        documents=[paper(content=b"abc")],
    )

    document = AnswerDocument.objects.get()
    assert (document.file_name, document.size) == ("cevap yazısı.pdf", 3)
    assert document.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    with document.file.open() as file:
        assert file.read() == b"abc"
    event = delivery.events.get(kind=EventKind.DOCUMENT_ATTACHED)
    assert (event.data["file"], event.data["sha256"]) == (document.file_name, document.sha256)


def test_a_confirmation_that_stands_is_not_written_again() -> None:
    agency = AgencyFactory()
    first, second = recipient_of(agency), recipient_of(agency)
    dispatched_to(agency)
    delivery = Delivery.objects.get()
    acknowledge(delivery=delivery.public_id, by=first, at=MOMENT, register_number="1")

    complete(
        delivery=delivery.public_id,
        by=second,
        at=LATER,
        disposition=Disposition.NOT_APPLICABLE,
        note="Biriminiz dışındadır.",
        register_number="2",
    )

    delivery.refresh_from_db()
    assert (delivery.acknowledged_by, delivery.register_number) == (first, "1")
    assert (delivery.completed_by, delivery.disposition) == (second, Disposition.NOT_APPLICABLE)
    assert delivery.events.filter(kind=EventKind.ACKNOWLEDGED).count() == 1


def test_not_applicable_without_a_reason_leaves_nothing() -> None:
    agency = AgencyFactory()
    dispatched_to(agency)
    delivery = Delivery.objects.get()

    with pytest.raises(ActionRefused) as refused:
        complete(
            delivery=delivery.public_id,
            by=recipient_of(agency),
            at=LATER,
            disposition=Disposition.NOT_APPLICABLE,
            note="  ",
            documents=[paper()],
        )

    assert refused.value.field == "note"
    delivery.refresh_from_db()
    assert delivery.acknowledged_at is None
    assert DeliveryEvent.objects.count() == 1
    assert not kept_files(delivery)


def test_what_came_for_information_is_only_confirmed() -> None:
    agency = AgencyFactory()
    dispatched_to(agency, purpose=Purpose.INFORMATION)
    delivery = Delivery.objects.get()

    with pytest.raises(ActionRefused):
        complete(delivery=delivery.public_id, by=recipient_of(agency), at=LATER, disposition=Disposition.DONE)

    delivery.refresh_from_db()
    assert delivery.acknowledged_at is None


def test_an_answer_stands_and_a_second_one_is_refused() -> None:
    agency = AgencyFactory()
    first = recipient_of(agency)
    dispatched_to(agency)
    delivery = Delivery.objects.get()
    complete(delivery=delivery.public_id, by=first, at=MOMENT, disposition=Disposition.DONE)

    with pytest.raises(ActionRefused, match=str(first)):
        complete(
            delivery=delivery.public_id,
            by=recipient_of(agency),
            at=LATER,
            disposition=Disposition.NOT_APPLICABLE,
            note="Hayır",
        )

    delivery.refresh_from_db()
    assert (delivery.completed_at, delivery.disposition) == (MOMENT, Disposition.DONE)


@pytest.mark.parametrize("change", ["withdrawn_at", "circular"])
def test_a_withdrawn_or_returned_letter_can_not_be_answered(change: str) -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency)
    delivery = Delivery.objects.get()
    if change == "circular":
        type(circular).objects.update(
            withdrawn_at=MOMENT, withdrawn_by=circular.recorded_by, withdrawal_reason="Yanlış liste"
        )
    else:
        Delivery.objects.update(withdrawn_at=MOMENT)

    with pytest.raises(ActionRefused):
        complete(delivery=delivery.public_id, by=recipient_of(agency), at=LATER, disposition=Disposition.DONE)

    assert DeliveryEvent.objects.count() == 1


def test_a_person_of_another_unit_may_not_answer() -> None:
    dispatched_to(AgencyFactory())
    delivery = Delivery.objects.get()

    with pytest.raises(Delivery.DoesNotExist):
        complete(
            delivery=delivery.public_id,
            by=recipient_of(AgencyFactory()),
            at=LATER,
            disposition=Disposition.DONE,
            documents=[paper()],
        )

    assert not kept_files(delivery)


def test_a_program_among_the_documents_leaves_nothing() -> None:
    agency = AgencyFactory()
    dispatched_to(agency)
    delivery = Delivery.objects.get()

    with pytest.raises(FileRefused, match=r"virus\.exe"):
        complete(
            delivery=delivery.public_id,
            by=recipient_of(agency),
            at=LATER,
            disposition=Disposition.DONE,
            documents=[paper(), paper("virus.exe")],
        )

    delivery.refresh_from_db()
    assert delivery.completed_at is None
    assert not kept_files(delivery)


def test_files_go_again_when_the_database_refuses_what_they_belong_to() -> None:
    agency = AgencyFactory()
    dispatched_to(agency)
    delivery = Delivery.objects.get()
    unstorable = SimpleUploadedFile("cevap.pdf", b"1")
    unstorable._name = "ce\x00vap.pdf"

    with pytest.raises(DataError), transaction.atomic():
        complete(
            delivery=delivery.public_id,
            by=recipient_of(agency),
            at=LATER,
            disposition=Disposition.DONE,
            documents=[paper(), unstorable],
        )

    assert not kept_files(delivery)


def test_documents_may_follow_an_answer_and_only_an_answer() -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    dispatched_to(agency)
    delivery = Delivery.objects.get()

    with pytest.raises(ActionRefused):
        attach_documents(delivery=delivery.public_id, by=person, at=MOMENT, documents=[paper()])
    assert not kept_files(delivery)

    complete(delivery=delivery.public_id, by=person, at=MOMENT, disposition=Disposition.DONE)
    attach_documents(
        delivery=delivery.public_id, by=person, at=LATER, documents=[paper("a.pdf"), paper("b.pdf")]
    )

    assert [document.file_name for document in delivery.answer_documents.all()] == ["a.pdf", "b.pdf"]
    assert delivery.events.filter(kind=EventKind.DOCUMENT_ATTACHED).count() == 2


def test_no_document_is_added_after_the_letter_was_withdrawn() -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    dispatched_to(agency)
    delivery = Delivery.objects.get()
    complete(delivery=delivery.public_id, by=person, at=MOMENT, disposition=Disposition.DONE)
    Delivery.objects.update(withdrawn_at=LATER)

    with pytest.raises(ActionRefused):
        attach_documents(delivery=delivery.public_id, by=person, at=LATER, documents=[paper()])

    assert not AnswerDocument.objects.exists()
    assert not kept_files(delivery)
