"""The page on which the sender records what a unit said, and every page and file that shows it as such."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from agencies.models import Agency
from circulars.models import Circular
from distribution.models import Delivery, OnBehalfRecord, RecordEnd
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.object_to_record import object_to_record
from tests.conftest import SignIn
from tests.distribution.follow_up.on_behalf import recorded_now
from tests.distribution.status_reports import report_of
from tests.factories import AgencyFactory, dispatched_to, manager_of, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def circular() -> Circular:
    return dispatched_to(AgencyFactory(name="Ardahan Valiliği"), at=timezone.now() - timedelta(days=1))


@pytest.fixture
def delivery(circular: Circular) -> Delivery:
    return circular.deliveries.get()


@pytest.fixture
def sender(signed_in: SignIn, circular: Circular) -> Client:
    return signed_in(sender_of(circular.issuer))


def url_of(name: str, delivery: Delivery, *more: int) -> str:
    return reverse(name, args=[delivery.circular.public_id, delivery.public_id, *more])


def typed(**changes: object) -> dict[str, object]:
    moment = timezone.localtime() - timedelta(hours=1)
    usual = {
        "disposition": "confirmed", "channel": "telephone", "said_by": "Can SU", "said_by_title": "Şef",
        "said_at": f"{moment:%Y-%m-%dT%H:%M}", "note": "Dâhilî 112",
    }  # fmt: skip
    return {**usual, **changes}


def text_of(client: Client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_form_has_one_calendar_field_from_the_dispatch_until_now(
    sender: Client, delivery: Delivery
) -> None:
    page = text_of(sender, url_of("recipient", delivery))

    assert 'type="datetime-local"' not in page
    assert page.count('name="said_at_0"') == page.count('name="said_at_1"') == 1
    assert f'min="{timezone.localdate(delivery.created_at):%Y-%m-%d}"' in page


def test_a_confirmation_is_recorded_once_however_often_it_is_sent(sender: Client, delivery: Delivery) -> None:
    address = url_of("record_on_behalf", delivery)
    assert sender.get(address).status_code == 302

    assert sender.post(address, typed()).status_code == 302
    again = sender.post(address, typed(said_by="Ece AK"))

    assert again.status_code == 200
    assert "the letter is confirmed already" in again.content.decode()
    assert 'value="Ece AK"' in again.content.decode()
    assert OnBehalfRecord.objects.get().said_by == "Can SU"


def test_the_moment_may_be_typed_as_in_letters(sender: Client, delivery: Delivery) -> None:
    moment = timezone.localtime() - timedelta(hours=2)

    sender.post(url_of("record_on_behalf", delivery), typed(said_at=f"{moment:%d.%m.%Y %H:%M}"))

    assert OnBehalfRecord.objects.get().said_at == moment.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    "changes",
    [
        {"said_by": " "}, {"said_by_title": ""}, {"said_at": "2999-01-01T10:00"}, {"said_at": "0001-01-01T00:00"},
        {"said_at": "geçen hafta"}, 
        {"said_at": "03.03.2026"}, {"said_at": "14:30"},
        {"channel": "posta"}, {"disposition": ""}, {"disposition": "not_applicable"},
        {"file": SimpleUploadedFile("kur.exe", b"MZ")},
    ],
)  # fmt: skip
def test_what_is_missing_or_impossible_is_refused_at_its_field_with_the_input_kept(
    sender: Client, delivery: Delivery, changes: dict[str, object]
) -> None:
    answer = sender.post(url_of("record_on_behalf", delivery), typed(**changes))

    assert answer.status_code == 200
    assert "is-invalid" in answer.content.decode()
    assert "Dâhilî 112" in answer.content.decode()
    assert not OnBehalfRecord.objects.exists()


def test_a_letter_withdrawn_meanwhile_is_refused_with_a_clear_message(
    sender: Client, delivery: Delivery
) -> None:
    withdraw(circular=delivery.circular, reason="Yanlış", by=delivery.circular.recorded_by, at=timezone.now())

    answer = sender.post(url_of("record_on_behalf", delivery), typed()).content.decode()

    assert "Nothing was recorded: the letter is Withdrawn." in answer
    assert "Dâhilî 112" in answer


def test_only_the_letter_s_senders_record_and_take_back(signed_in: SignIn, delivery: Delivery) -> None:
    record = recorded_now(delivery)
    take_back = url_of("take_back_record", delivery, record.pk)
    for person in (
        manager_of(delivery.circular.issuer), recipient_of(delivery.agency), sender_of(AgencyFactory()),
    ):  # fmt: skip
        client = signed_in(person)
        assert client.post(url_of("record_on_behalf", delivery), typed()).status_code == 404
        assert client.post(take_back, {"reason": "Yanlış"}).status_code == 404
    assert OnBehalfRecord.objects.holding().count() == 1


def test_a_record_is_taken_back_with_a_reason(sender: Client, delivery: Delivery) -> None:
    record = recorded_now(delivery)
    address = url_of("take_back_record", delivery, record.pk)

    assert "is-invalid" in sender.post(address, {"reason": ""}).content.decode()
    assert sender.get(address).status_code == 302
    sender.post(address, {"reason": "Yanlış birimi aradım"})
    late = sender.post(address, {"reason": "Bir daha"}, follow=True).content.decode()

    assert "This record holds no longer" in late
    record.refresh_from_db()
    assert (record.ended_as, record.end_reason) == (RecordEnd.TAKEN_BACK, "Yanlış birimi aradım")
    assert "Yanlış birimi aradım" in text_of(sender, url_of("recipient", delivery))


def test_the_file_is_for_the_sender_and_the_unit_only(signed_in: SignIn, delivery: Delivery) -> None:
    sender = signed_in(sender_of(delivery.circular.issuer))
    file = SimpleUploadedFile("tutanak.pdf", b"%PDF-1.7 tutanak")
    sender.post(url_of("record_on_behalf", delivery), typed(file=file))
    address = reverse("on_behalf_file", args=[OnBehalfRecord.objects.get().pk])

    for person in (sender_of(delivery.circular.issuer), recipient_of(delivery.agency)):
        response = signed_in(person).get(address)
        assert b"".join(response.streaming_content) == b"%PDF-1.7 tutanak"  # type: ignore[attr-defined]
    assert signed_in(recipient_of(AgencyFactory())).get(address).status_code == 404


def test_every_page_and_file_of_the_sender_shows_it_as_recorded(
    signed_in: SignIn, circular: Circular, delivery: Delivery
) -> None:
    recorded_now(delivery)
    unit: Agency = delivery.agency
    client = signed_in(sender_of(circular.issuer))
    letter = reverse("letter", args=[circular.public_id])

    page = text_of(client, url_of("recipient", delivery))
    assert page.count("recorded by the sender") >= 3
    assert "weaker proof" in page
    assert "Can SU, Yazı İşleri Şefi" in page
    on_letter = text_of(client, letter)
    assert "recorded by the sender: 1" in on_letter
    assert '<span class="app-weaker">recorded by the sender</span>' in on_letter
    assert "recorded by the sender: 1" in text_of(client, reverse("letters"))
    seen = reverse("readership", args=[circular.public_id])
    withdraw(circular=circular, reason="Yanlış", by=circular.recorded_by, at=timezone.now())
    assert "recorded by the sender" in text_of(client, letter)
    export = b"".join(client.get(seen, {"_export": "csv"}).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "recorded by the sender" in export
    circular.refresh_from_db()
    with translation.override("en"):
        pdf = PdfReader(BytesIO(report_of(circular)))
    printed = " ".join(" ".join(each.extract_text() for each in pdf.pages).split())
    assert "of them recorded by the sender" in printed
    assert unit.name in printed


def test_the_list_of_letters_exports_the_number(
    signed_in: SignIn, circular: Circular, delivery: Delivery
) -> None:
    dispatched_to(AgencyFactory(), issuer=circular.issuer)
    other = dispatched_to(delivery.agency, AgencyFactory(), issuer=circular.issuer, at=circular.dispatched_at)
    recorded_now(other.deliveries.get(agency=delivery.agency))
    client = signed_in(manager_of(circular.issuer))

    response = client.get(reverse("outstanding_letters"), {"_export": "csv"})

    rows = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert "Of these recorded by the sender" in rows[0]
    assert any(other.number in row and ";1;1;1;" in row for row in rows)


def test_an_objection_is_listed_for_the_sender(
    signed_in: SignIn, circular: Circular, delivery: Delivery
) -> None:
    recorded_now(delivery)
    by, reason = recipient_of(delivery.agency), "Kimse aranmadı."
    object_to_record(delivery=delivery.public_id, by=by, at=timezone.now(), reason=reason)
    client, letter = signed_in(sender_of(circular.issuer)), reverse("letter", args=[circular.public_id])

    for page in (text_of(client, letter), text_of(client, reverse("letters"))):
        assert "Objections to what was recorded on a unit's behalf (1)" in page
        assert "Kimse aranmadı." in page
    assert "1 recipient objected to what was recorded on its behalf" in text_of(client, letter)

    acknowledge(delivery=delivery.public_id, by=by, at=timezone.now())
    # What was recorded was an answer, which is still missing.
    assert "Kimse aranmadı." in text_of(client, letter)


def test_the_page_asks_as_often_for_many_records_as_for_few(sender: Client, delivery: Delivery) -> None:
    address = url_of("recipient", delivery)

    def with_more(count: int) -> int:
        for _ in range(count):
            record = recorded_now(delivery)
            sender.post(url_of("take_back_record", delivery, record.pk), {"reason": "Yanlış"})
        return query_count(sender.get, address)

    text_of(sender, address)
    assert with_more(2) == with_more(6)
