"""The recipient's pages: inbox, letter, files, confirmation."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import User
from circulars.models import Attachment, Circular, Urgency
from distribution.models import Delivery, DeliveryEvent, EventKind
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.sending.dispatch import dispatch
from tests.conftest import SignIn
from tests.factories import AgencyFactory, MembershipFactory, dispatched_to, draft_to, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


def delivery_url(delivery: Delivery) -> str:
    return reverse("delivery", args=[delivery.public_id])


def test_the_home_page_leads_a_recipient_to_the_inbox_of_the_unit(signed_in: SignIn) -> None:
    agency = AgencyFactory()

    response = signed_in(recipient_of(agency)).get("/", follow=True)

    assert response.redirect_chain[-1][0] == reverse("unit_inbox", args=[agency.pk])


def test_overdue_comes_first_then_urgent_then_timed(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    now = timezone.now()
    dispatched_to(agency, subject="Olağan", at=now - timedelta(days=9))
    dispatched_to(agency, subject="Yarın", urgency=Urgency.TIMED, due_at=now + timedelta(days=1))
    dispatched_to(agency, subject="Acele", urgency=Urgency.URGENT)
    dispatched_to(agency, subject="Geçmiş", urgency=Urgency.TIMED, due_at=now - timedelta(days=1))

    response = signed_in(recipient_of(agency)).get(reverse("unit_inbox", args=[agency.pk]))

    assert [delivery.circular.subject for delivery in response.context["owed"]] == [
        "Geçmiş",
        "Acele",
        "Yarın",
        "Olağan",
    ]


def test_a_unit_sees_only_what_it_received(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    dispatched_to(AgencyFactory(), subject="Başkasının Yazısı")

    response = signed_in(recipient_of(agency)).get(reverse("unit_inbox", args=[agency.pk]))

    assert "Başkasının Yazısı" not in response.content.decode()
    assert "empty" in response.content.decode()


def test_the_inbox_of_another_unit_is_not_found(signed_in: SignIn) -> None:
    client = signed_in(recipient_of(AgencyFactory()))

    assert client.get(reverse("unit_inbox", args=[AgencyFactory().pk])).status_code == 404


def test_a_person_whose_membership_ended_sees_nothing(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    membership = MembershipFactory(agency=agency, active_to=timezone.localdate())
    dispatched_to(agency)
    client = signed_in(membership.user)

    assert client.get(reverse("unit_inbox", args=[agency.pk])).status_code == 404
    assert client.get(delivery_url(Delivery.objects.get())).status_code == 404


def test_the_inbox_asks_as_many_questions_for_20_letters_as_for_2(signed_in: SignIn) -> None:
    counts = []
    agency = AgencyFactory()
    client = signed_in(recipient_of(agency))
    for more in (2, 18):
        for _ in range(more):
            dispatched_to(agency)
        client.get(reverse("unit_inbox", args=[agency.pk]))
        counts.append(query_count(client.get, reverse("unit_inbox", args=[agency.pk])))
    assert counts[0] == counts[1]


def test_opening_a_letter_shows_it_and_records_that_it_was_opened(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    circular = dispatched_to(agency)
    delivery = Delivery.objects.get()

    page = signed_in(person).get(delivery_url(delivery)).content.decode()

    assert circular.subject in page
    assert "Bilindiği üzere" in page
    delivery.refresh_from_db()
    assert delivery.opened_at is not None
    assert delivery.acknowledged_at is None
    assert delivery.events.get(kind=EventKind.OPENED).by == person


def test_reading_again_changes_nothing_more(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    client = signed_in(recipient_of(agency))
    dispatched_to(agency)
    client.get(delivery_url(Delivery.objects.get()))
    before = DeliveryEvent.objects.count()

    client.get(delivery_url(Delivery.objects.get()))
    client.get(reverse("unit_inbox", args=[agency.pk]))

    assert DeliveryEvent.objects.count() == before


@pytest.mark.parametrize("role_of", [sender_of, recipient_of])
def test_a_stranger_finds_no_letter(signed_in: SignIn, role_of: Callable[..., User]) -> None:
    dispatched_to(AgencyFactory())
    delivery = Delivery.objects.get()
    client = signed_in(role_of(AgencyFactory()))

    assert client.get(delivery_url(delivery)).status_code == 404
    assert client.get(reverse("delivery_file", args=[delivery.public_id])).status_code == 404
    assert client.post(reverse("acknowledge", args=[delivery.public_id])).status_code == 404
    delivery.refresh_from_db()
    assert delivery.opened_at is None
    assert delivery.acknowledged_at is None


def test_a_recipient_never_sees_the_senders_page_or_another_recipients_state(signed_in: SignIn) -> None:
    agency, other = AgencyFactory(), AgencyFactory(name="Öteki Alıcı Başkanlığı")
    circular = dispatched_to(agency, other)
    client = signed_in(recipient_of(agency))
    mine = Delivery.objects.get(agency=agency)

    assert client.get(reverse("letter", args=[circular.public_id])).status_code == 404
    assert "Öteki Alıcı" not in client.get(delivery_url(mine)).content.decode()
    assert client.get(delivery_url(Delivery.objects.get(agency=other))).status_code == 404


def test_one_button_confirms(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    dispatched_to(agency)
    delivery = Delivery.objects.get()

    response = signed_in(person).post(
        reverse("acknowledge", args=[delivery.public_id]), {"register_number": "2026/42"}, follow=True
    )

    delivery.refresh_from_db()
    assert delivery.acknowledged_by == person
    assert delivery.register_number == "2026/42"
    assert "2026/42" in response.content.decode()


def test_confirming_asks_little_and_never_reads_the_text_of_the_letter(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    dispatched_to(agency)
    client = signed_in(recipient_of(agency))
    address = reverse("acknowledge", args=[Delivery.objects.get().public_id])

    with CaptureQueriesContext(connection) as asked:
        client.post(address)

    statements = [query["sql"] for query in asked.captured_queries]
    assert not Delivery.objects.outstanding().exists()
    assert not [sql for sql in statements if "body" in sql or "source_text" in sql]
    assert len([sql for sql in statements if "SAVEPOINT" not in sql]) == 7


def test_a_get_never_confirms(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    dispatched_to(agency)
    client = signed_in(recipient_of(agency))
    delivery = Delivery.objects.get()

    assert client.get(reverse("acknowledge", args=[delivery.public_id])).status_code == 302
    assert client.get(reverse("acknowledge_several", args=[agency.pk])).status_code == 302
    delivery.refresh_from_db()
    assert delivery.acknowledged_at is None


def test_confirming_twice_is_harmless_and_says_when_it_was_first_done(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    first = recipient_of(agency)
    dispatched_to(agency)
    delivery = Delivery.objects.get()
    moment = timezone.now() - timedelta(hours=2)
    acknowledge(delivery=delivery.public_id, by=first, at=moment)

    response = signed_in(recipient_of(agency)).post(
        reverse("acknowledge", args=[delivery.public_id]), follow=True
    )

    page = response.content.decode()
    assert timezone.localtime(moment).strftime("%d.%m.%Y %H:%M") in page
    assert str(first) in page
    delivery.refresh_from_db()
    assert delivery.acknowledged_by == first


def test_a_register_number_that_is_too_long_is_refused_and_shown_again(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    dispatched_to(agency)
    delivery = Delivery.objects.get()

    response = signed_in(recipient_of(agency)).post(
        reverse("acknowledge", args=[delivery.public_id]), {"register_number": "9" * 61}, follow=True
    )

    assert "9" * 61 in response.content.decode()
    delivery.refresh_from_db()
    assert delivery.acknowledged_at is None


def test_a_register_number_with_signs_that_no_database_holds_is_refused(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    dispatched_to(agency)
    delivery = Delivery.objects.get()

    response = signed_in(recipient_of(agency)).post(
        reverse("acknowledge", args=[delivery.public_id]), {"register_number": "20\x0026"}
    )

    assert response.status_code == 200
    delivery.refresh_from_db()
    assert delivery.acknowledged_at is None


def test_the_inbox_of_one_unit_confirms_nothing_of_another(signed_in: SignIn) -> None:
    first, second = AgencyFactory(), AgencyFactory()
    membership = MembershipFactory(agency=first)
    MembershipFactory(agency=second, user=membership.user)
    dispatched_to(second)

    response = signed_in(membership.user).post(
        reverse("acknowledge_several", args=[first.pk]), {"delivery": str(Delivery.objects.get().public_id)}
    )

    assert response.status_code == 404
    assert Delivery.objects.outstanding().count() == 1


def test_several_are_confirmed_at_once_and_each_is_named(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    circulars = [dispatched_to(agency) for _ in range(3)]
    deliveries = list(Delivery.objects.all())

    response = signed_in(recipient_of(agency)).post(
        reverse("acknowledge_several", args=[agency.pk]),
        {"delivery": [str(delivery.public_id) for delivery in deliveries]},
        follow=True,
    )

    assert not Delivery.objects.outstanding().exists()
    for circular in circulars:
        assert circular.number in response.content.decode()


def test_confirming_nothing_is_said(signed_in: SignIn) -> None:
    agency = AgencyFactory()

    response = signed_in(recipient_of(agency)).post(
        reverse("acknowledge_several", args=[agency.pk]), follow=True
    )

    assert "alert-danger" in response.content.decode()


@pytest.mark.parametrize("value", ["no-uuid", "00000000-0000-4000-8000-000000000000"])
def test_confirming_what_is_not_there_is_not_found(signed_in: SignIn, value: str) -> None:
    agency = AgencyFactory()
    client = signed_in(recipient_of(agency))

    assert (
        client.post(reverse("acknowledge_several", args=[agency.pk]), {"delivery": value}).status_code == 404
    )


def with_files(circular: Circular) -> Attachment:
    circular.source_name = "genelge.pdf"
    circular.source_sha256 = "a" * 64
    circular.source_file.save("genelge.pdf", ContentFile(b"%PDF-1.7 mektup"))
    attachment = Attachment(
        circular=circular, title="Takvim (1 Sayfa)", file_name="takvim şubat.pdf", sha256="b" * 64
    )
    attachment.file.save("takvim.pdf", ContentFile(b"%PDF-1.7 ek"))
    return attachment


def test_files_come_as_downloads_and_each_taking_is_recorded(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    circular = draft_to(agency)
    attachment = with_files(circular)
    dispatch(circular=circular, by=circular.recorded_by, at=timezone.now())
    delivery = Delivery.objects.get()
    client = signed_in(recipient_of(agency))

    letter = client.get(reverse("delivery_file", args=[delivery.public_id]))
    file = client.get(reverse("delivery_attachment", args=[delivery.public_id, attachment.pk]))

    assert b"".join(letter.streaming_content) == b"%PDF-1.7 mektup"
    assert b"".join(file.streaming_content) == b"%PDF-1.7 ek"
    for response in (letter, file):
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
    taken = delivery.events.filter(kind=EventKind.DOWNLOADED)
    assert [event.data["file"] for event in taken] == ["genelge.pdf", "takvim şubat.pdf"]


def test_an_attachment_of_another_letter_is_not_found(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    dispatched_to(agency)
    foreign = with_files(draft_to(AgencyFactory()))
    client = signed_in(recipient_of(agency))
    delivery = Delivery.objects.get()

    assert (
        client.get(reverse("delivery_attachment", args=[delivery.public_id, foreign.pk])).status_code == 404
    )


def test_what_was_confirmed_is_listed_apart(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    circular = dispatched_to(agency)
    acknowledge(delivery=Delivery.objects.get().public_id, by=person, at=timezone.now())
    client = signed_in(person)

    assert circular.subject not in client.get(reverse("unit_inbox", args=[agency.pk])).content.decode()
    assert (
        circular.subject
        in client.get(reverse("unit_inbox", args=[agency.pk]) + "?show=confirmed").content.decode()
    )
