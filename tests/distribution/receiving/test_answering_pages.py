"""The recipient's page of one letter: answer, documents, return, extension."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from circulars.models import Purpose
from distribution.models import (
    AnswerDocument,
    Delivery,
    DeliveryEvent,
    Disposition,
    EventKind,
    ExtensionRequest,
    ReturnGround,
)
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import complete
from distribution.services.receiving.return_letter import return_letter
from tests.conftest import SignIn
from tests.factories import (
    AgencyFactory,
    MembershipFactory,
    copy_below,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)

pytestmark = pytest.mark.django_db
ACTS = ["answer", "add_documents", "return_letter", "ask_extension"]


def paper(name: str = "cevap.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7 cevap")


def received(agency: Agency, *, confirmed_by: User | None = None, **fields: object) -> Delivery:
    now = timezone.now()
    circular = dispatched_to(agency, at=now, **fields)
    delivery = Delivery.objects.get(circular=circular, agency=agency)
    if confirmed_by is not None:
        acknowledge(delivery=delivery.public_id, by=confirmed_by, at=now)
    return delivery


def act(client: Client, name: str, delivery: Delivery, **data: object) -> str:
    response = client.post(reverse(name, args=[delivery.public_id]), data, follow=True)
    assert response.status_code == 200
    delivery.refresh_from_db()
    return response.content.decode()


def test_the_page_offers_one_main_act_for_each_state(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    client = signed_in(person)
    delivery = received(agency)
    address = reverse("delivery", args=[delivery.public_id])

    def main_buttons() -> int:
        return client.get(address).content.decode().count("btn-primary w-100")

    assert main_buttons() == 1
    acknowledge(delivery=delivery.public_id, by=person, at=timezone.now())
    assert main_buttons() == 1
    complete(delivery=delivery.public_id, by=person, at=timezone.now(), disposition=Disposition.DONE)
    assert main_buttons() == 0


def test_an_answer_with_a_document_is_shown_with_it(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    delivery = received(agency, confirmed_by=person)

    page = act(
        signed_in(person),
        "answer",
        delivery,
        disposition="done",
        note="Eğitim verildi.",
        documents=[paper("katılım çizelgesi.pdf")],
    )

    assert delivery.disposition == Disposition.DONE
    assert "Eğitim verildi." in page
    assert "katılım çizelgesi.pdf" in page
    assert reverse("answer_document", args=[AnswerDocument.objects.get().pk]) in page


def test_one_form_confirms_and_answers(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    delivery = received(agency)

    act(signed_in(recipient_of(agency)), "answer", delivery, disposition="done", register_number="2026/5")

    assert delivery.acknowledged_at is not None and delivery.completed_at is not None
    assert delivery.register_number == "2026/5"


def test_not_applicable_without_a_reason_keeps_what_was_typed_and_says_why(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    delivery = received(agency)

    page = act(
        signed_in(recipient_of(agency)),
        "answer",
        delivery,
        disposition="not_applicable",
        register_number="2026/99",
    )

    assert "error_1_id_answer_note" in page
    assert "2026/99" in page
    assert delivery.acknowledged_at is None


def test_a_refused_file_is_named_beside_its_field_and_the_words_stay(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    delivery = received(agency)

    page = act(
        signed_in(recipient_of(agency)),
        "answer",
        delivery,
        disposition="done",
        note="Yazdıklarım kalsın.",
        documents=[paper(), paper("kurulum.exe")],
    )

    assert "error_1_id_answer_documents" in page
    assert "kurulum.exe" in page
    assert "Yazdıklarım kalsın." in page
    assert delivery.completed_at is None
    assert not AnswerDocument.objects.exists()


def test_a_letter_for_information_offers_no_answer(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    delivery = received(agency, confirmed_by=person, purpose=Purpose.INFORMATION)
    client = signed_in(person)

    page = client.get(reverse("delivery", args=[delivery.public_id])).content.decode()
    assert reverse("answer", args=[delivery.public_id]) not in page
    act(client, "answer", delivery, disposition="done")
    assert delivery.completed_at is None


def test_a_second_answer_is_told_of_the_first(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    first = recipient_of(agency)
    delivery = received(agency, confirmed_by=first)
    complete(delivery=delivery.public_id, by=first, at=timezone.now(), disposition=Disposition.DONE)

    page = act(
        signed_in(recipient_of(agency)), "answer", delivery, disposition="not_applicable", note="Hayır"
    )

    assert "alert-danger" in page
    assert delivery.disposition == Disposition.DONE


def test_documents_are_added_after_the_answer(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    delivery = received(agency, confirmed_by=person)
    complete(delivery=delivery.public_id, by=person, at=timezone.now(), disposition=Disposition.DONE)

    page = act(signed_in(person), "add_documents", delivery, documents=[paper("ek bilgi.pdf")])

    assert "ek bilgi.pdf" in page
    assert "error_1_id_further_documents" in act(signed_in(person), "add_documents", delivery)


def test_a_returned_letter_shows_its_ground_and_reason(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    delivery = received(agency)

    page = act(
        signed_in(recipient_of(agency)),
        "return_letter",
        delivery,
        ground=ReturnGround.NOT_ADDRESSEE,
        reason="Bize yazılmamış.",
    )

    assert delivery.returned_at is not None
    assert "Bize yazılmamış." in page
    assert reverse("return_letter", args=[delivery.public_id]) not in page


def test_too_late_for_not_fit_is_said_beside_the_ground_and_the_reason_stays(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    delivery = received(agency)
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=12))

    page = act(
        signed_in(recipient_of(agency)),
        "return_letter",
        delivery,
        ground=ReturnGround.NOT_FIT,
        reason="Eki açılmıyor.",
    )

    assert "kabul edilmiş sayılır (Yönetmelik m. 30/4)" in page
    assert "Eki açılmıyor." in page
    assert delivery.returned_at is None


def test_more_time_is_asked_and_shown_until_decided(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    due = timezone.now() + timedelta(days=3)
    delivery = received(agency, urgency="GÜNLÜDÜR", due_at=due)

    page = act(
        signed_in(recipient_of(agency)),
        "ask_extension",
        delivery,
        wanted=(due + timedelta(days=4)).strftime("%d.%m.%Y"),
        reason="İl verileri toplanıyor.",
    )

    request = ExtensionRequest.objects.get()
    assert timezone.localtime(request.wanted).strftime("%H:%M") == "23:59"
    assert "İl verileri toplanıyor." in page
    assert reverse("ask_extension", args=[delivery.public_id]) not in page


@pytest.mark.parametrize("wanted", ["yarın", "01.01.2020", "32.13.2026 10:00", ""])
def test_a_wrong_time_is_said_beside_the_field_and_the_reason_stays(signed_in: SignIn, wanted: str) -> None:
    agency = AgencyFactory()
    delivery = received(agency, urgency="GÜNLÜDÜR", due_at=timezone.now() + timedelta(days=3))

    page = act(
        signed_in(recipient_of(agency)), "ask_extension", delivery, wanted=wanted, reason="Gerekçem kalsın."
    )

    assert "error_1_id_extension_wanted" in page
    assert "Gerekçem kalsın." in page
    assert not ExtensionRequest.objects.exists()


def test_a_letter_without_due_time_offers_no_more_time(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    delivery = received(agency)

    page = signed_in(recipient_of(agency)).get(reverse("delivery", args=[delivery.public_id]))

    assert reverse("ask_extension", args=[delivery.public_id]) not in page.content.decode()


@pytest.mark.parametrize("name", ACTS)
def test_a_stranger_finds_nothing_to_act_on(signed_in: SignIn, name: str) -> None:
    delivery = received(AgencyFactory())
    before = DeliveryEvent.objects.count()

    response = signed_in(recipient_of(AgencyFactory())).post(
        reverse(name, args=[delivery.public_id]), {"disposition": "done", "ground": "not_addressee"}
    )

    assert response.status_code == 404
    assert DeliveryEvent.objects.count() == before


@pytest.mark.parametrize("name", ACTS)
def test_a_get_does_nothing(signed_in: SignIn, name: str) -> None:
    agency = AgencyFactory()
    delivery = received(agency)
    before = DeliveryEvent.objects.count()

    response = signed_in(recipient_of(agency)).get(reverse(name, args=[delivery.public_id]))

    assert (response.status_code, response["Location"]) == (
        302,
        reverse("delivery", args=[delivery.public_id]),
    )
    assert DeliveryEvent.objects.count() == before


def test_a_document_is_for_the_recipient_and_for_those_who_see_the_sent_letter(signed_in: SignIn) -> None:
    issuer, agency, other = AgencyFactory(), AgencyFactory(), AgencyFactory()
    person = recipient_of(agency)
    dispatched_to(agency, other, issuer=issuer, at=timezone.now())
    delivery = Delivery.objects.get(agency=agency)
    complete(
        delivery=delivery.public_id,
        by=person,
        at=timezone.now(),
        disposition=Disposition.DONE,
        documents=[paper()],
    )
    address = reverse("answer_document", args=[AnswerDocument.objects.get().pk])

    for reader in (person, sender_of(issuer), manager_of(issuer)):
        response = signed_in(reader).get(address)
        assert b"".join(response.streaming_content) == b"%PDF-1.7 cevap"
        assert response["Content-Disposition"].startswith("attachment")
    for stranger in (recipient_of(other), sender_of(AgencyFactory()), MembershipFactory().user):
        assert signed_in(stranger).get(address).status_code == 404


def test_the_unit_above_reads_the_documents_of_what_it_passed_on(signed_in: SignIn) -> None:
    above, unit = AgencyFactory(), AgencyFactory()
    dispatched_to(above, at=timezone.now())
    parent = Delivery.objects.get()
    delivery = copy_below(parent, unit, created_at=timezone.now())
    complete(
        delivery=delivery.public_id,
        by=recipient_of(unit),
        at=timezone.now(),
        disposition=Disposition.DONE,
        documents=[paper()],
    )

    address = reverse("answer_document", args=[AnswerDocument.objects.get().pk])
    response = signed_in(recipient_of(above)).get(address)

    assert b"".join(response.streaming_content) == b"%PDF-1.7 cevap"
    beside, below = AgencyFactory(parent=above), AgencyFactory(parent=unit)
    for stranger in (recipient_of(beside), recipient_of(below), sender_of(above)):
        assert signed_in(stranger).get(address).status_code == 404


def test_what_came_back_from_below_is_shown_to_the_unit_that_passed_it_on(signed_in: SignIn) -> None:
    above, unit = AgencyFactory(), AgencyFactory(name="Alt Birim Müdürlüğü")
    dispatched_to(above, at=timezone.now())
    parent = Delivery.objects.get()
    delivery = copy_below(parent, unit, created_at=timezone.now())
    return_letter(
        delivery=delivery.public_id,
        by=recipient_of(unit),
        at=timezone.now(),
        ground=ReturnGround.NOT_ADDRESSEE,
        reason="Bizim işimiz değil.",
    )

    page = signed_in(recipient_of(above)).get(reverse("delivery", args=[parent.public_id])).content.decode()

    assert "Bizim işimiz değil." in page
    assert "Alt Birim Müdürlüğü" in page
    assert parent.events.filter(kind=EventKind.RETURNED).count() == 0


def test_what_was_written_for_a_letter_that_was_returned_meanwhile_is_shown_again(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    clerk = recipient_of(agency)
    delivery = received(agency, confirmed_by=clerk)
    return_letter(
        delivery=delivery.public_id,
        by=clerk,
        at=timezone.now(),
        ground=ReturnGround.NOT_ADDRESSEE,
        reason="Bizim değil",
    )

    page = act(signed_in(clerk), "answer", delivery, disposition=Disposition.DONE, note="Uzunca bir cevap")

    assert "Uzunca bir cevap" in page
    assert delivery.completed_at is None


def test_a_ground_whose_days_are_over_is_named_as_it_stands_in_the_list(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    clerk = recipient_of(agency)
    delivery = received(agency)
    address = reverse("delivery", args=[delivery.public_id])
    ground = str(ReturnGround.NOT_FIT.label)

    before = signed_in(clerk).get(address).content.decode()
    Delivery.objects.update(notified_at=timezone.now() - timedelta(days=40))
    after = signed_in(clerk).get(address).content.decode()

    assert f"“{ground}” nedeniyle iade, ikinci" in before
    assert f"“{ground}” nedeniyle iade süresi" in after


def test_the_page_says_whether_the_letter_came_for_action_or_information(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    delivery = received(agency, purpose=Purpose.INFORMATION)

    page = signed_in(recipient_of(agency)).get(reverse("delivery", args=[delivery.public_id]))

    assert f'<span class="text-secondary">{delivery.get_purpose_display()}</span>' in page.content.decode()
