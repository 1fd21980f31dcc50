"""The inbox: letters to answer, filters and saved filters, confirming several letters."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from circulars.models import Purpose
from distribution.models import Delivery, DeliveryEvent, Disposition, EventKind, SavedFilter
from distribution.services.receiving.acknowledge import acknowledge, acknowledge_several
from distribution.services.receiving.answer import complete
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, recipient_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


def inbox(agency: Agency, query: str = "") -> str:
    return reverse("unit_inbox", args=[agency.pk]) + query


def received(agency: Agency, **fields: object) -> Delivery:
    """A letter received now, or two days ago if its due time has passed."""
    now = timezone.now()
    due = fields.get("due_at")
    late = isinstance(due, datetime) and due < now
    circular = dispatched_to(agency, **{"at": now - timedelta(days=2) if late else now, **fields})
    return Delivery.objects.get(circular=circular, agency=agency)


def subjects(client: Client, address: str) -> list[str]:
    return [delivery.circular.subject for delivery in client.get(address).context["owed"]]


def test_what_was_confirmed_for_action_waits_under_to_answer_the_soonest_due_first(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    now = timezone.now()
    letters = [
        received(agency, subject="Süresiz"),
        received(agency, subject="Yarın", urgency="GÜNLÜDÜR", due_at=now + timedelta(days=1)),
        received(agency, subject="Geçmiş", urgency="GÜNLÜDÜR", due_at=now - timedelta(days=1)),
        received(agency, subject="Bilgi", purpose=Purpose.INFORMATION),
    ]
    done = received(agency, subject="Cevaplı")
    for delivery in letters:
        acknowledge(delivery=delivery.public_id, by=person, at=now)
    complete(delivery=done.public_id, by=person, at=now, disposition=Disposition.DONE)
    received(agency, subject="Teyitsiz")
    client = signed_in(person)

    assert subjects(client, inbox(agency, "?show=answer")) == ["Geçmiş", "Yarın", "Süresiz"]
    response = client.get(inbox(agency))
    assert (response.context["owed_count"], response.context["answer_count"]) == (1, 3)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=ulaşım", ["Ulaşım Acele"]),
        ("?urgency=acele", ["Ulaşım Acele"]),
        ("?urgency=overdue", ["Geçmiş"]),
        ("?purpose=information", ["Bilgi Yazısı"]),
        ("?q=ulasim&purpose=information", []),
    ],
)
def test_the_list_can_be_narrowed(signed_in: SignIn, query: str, expected: list[str]) -> None:
    agency = AgencyFactory()
    now = timezone.now()
    received(agency, subject="Ulaşım Acele", urgency="ACELE")
    received(agency, subject="Geçmiş", urgency="GÜNLÜDÜR", due_at=now - timedelta(days=1))
    received(agency, subject="Bilgi Yazısı", purpose=Purpose.INFORMATION)

    assert subjects(signed_in(recipient_of(agency)), inbox(agency, query)) == expected


def test_the_list_can_be_narrowed_to_one_sender_among_ones_own(signed_in: SignIn) -> None:
    agency, foreign = AgencyFactory(), AgencyFactory(name="Yabancı Gönderen")
    mine = received(agency, subject="Benim")
    received(agency, subject="Öteki")
    received(AgencyFactory(), issuer=foreign)
    client = signed_in(recipient_of(agency))

    assert subjects(client, inbox(agency, f"?issuer={mine.circular.issuer_id}")) == ["Benim"]
    assert "Yabancı Gönderen" not in client.get(inbox(agency)).content.decode()


def test_overdue_is_by_the_copys_own_due_time(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    now = timezone.now()
    delivery = received(agency, subject="Uzatılan", urgency="GÜNLÜDÜR", due_at=now - timedelta(days=1))
    Delivery.objects.filter(pk=delivery.pk).update(due_at=now + timedelta(days=5))

    assert subjects(signed_in(recipient_of(agency)), inbox(agency, "?urgency=overdue")) == []


def test_confirming_from_a_narrowed_list_leads_back_to_it(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    delivery = received(agency)

    response = signed_in(recipient_of(agency)).post(
        reverse("acknowledge", args=[delivery.public_id]),
        {"next": "inbox", "query": "urgency=acele&evil=https://kotu.example"},
    )

    assert response["Location"] == inbox(agency, "?urgency=acele")


def test_a_filter_is_kept_applied_and_deleted(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    client = signed_in(person)

    response = client.post(
        reverse("save_filter", args=[agency.pk]) + "?q=kış&page=3&show=answer", {"name": "Kış yazıları"}
    )
    kept = SavedFilter.objects.get()
    assert (kept.person, kept.name, kept.query) == (person, "Kış yazıları", "show=answer&q=k%C4%B1%C5%9F")
    assert response["Location"] == inbox(agency, "?" + kept.query)
    assert "Kış yazıları" in client.get(inbox(agency)).content.decode()

    client.post(reverse("delete_filter", args=[agency.pk, kept.pk]))
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    ("query", "name"), [("?q=a", "Benim"), ("?q=a", ""), ("", "Boş")], ids=["taken", "no name", "no filter"]
)
def test_a_wrong_name_is_said_beside_it_and_nothing_is_kept(signed_in: SignIn, query: str, name: str) -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    SavedFilter.objects.create(person=person, page="inbox", name="Benim", query="q=b")

    response = signed_in(person).post(reverse("save_filter", args=[agency.pk]) + query, {"name": name})

    assert "error_1_id_name" in response.content.decode()
    assert SavedFilter.objects.count() == 1


def test_nobody_sees_or_deletes_another_persons_filter(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    kept = SavedFilter.objects.create(person=recipient_of(agency), page="inbox", name="Onun", query="q=b")
    client = signed_in(recipient_of(agency))

    assert "Onun" not in client.get(inbox(agency)).content.decode()
    assert client.post(reverse("delete_filter", args=[agency.pk, kept.pk])).status_code == 404
    assert SavedFilter.objects.exists()


def test_the_ticked_letters_are_named_before_they_are_confirmed(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    deliveries = [received(agency, subject=f"Yazı {number}") for number in range(3)]

    response = signed_in(recipient_of(agency)).post(
        reverse("confirm_several", args=[agency.pk]),
        {"delivery": [str(each.public_id) for each in deliveries[:2]]},
    )

    page = response.content.decode()
    for each in deliveries[:2]:
        assert each.circular.subject in page and each.circular.number in page
        assert each.circular.issuer.name in page
        assert f'name="register_{each.public_id}"' in page
    assert "Yazı 2" not in page
    assert Delivery.objects.outstanding().count() == 3


def test_each_letter_gets_its_own_register_number(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    first, second = received(agency), received(agency)

    signed_in(recipient_of(agency)).post(
        reverse("acknowledge_several", args=[agency.pk]),
        {
            "delivery": [str(second.public_id), str(first.public_id)],
            f"register_{first.public_id}": " 2026/1 ",
            f"register_{second.public_id}": "",
        },
    )

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.register_number, second.register_number) == ("2026/1", "")
    assert first.acknowledged_at is not None and second.acknowledged_at is not None
    event = first.events.get(kind=EventKind.ACKNOWLEDGED)
    assert event.data["register_number"] == "2026/1"


def test_one_number_that_is_too_long_confirms_nothing_and_keeps_the_others(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    first, second = received(agency), received(agency)

    response = signed_in(recipient_of(agency)).post(
        reverse("acknowledge_several", args=[agency.pk]),
        {
            "delivery": [str(first.public_id), str(second.public_id)],
            f"register_{first.public_id}": "9" * 61,
            f"register_{second.public_id}": "2026/77",
        },
    )

    page = response.content.decode()
    assert f"error_1_id_register_{first.public_id}" in page
    assert "2026/77" in page
    assert Delivery.objects.outstanding().count() == 2


def test_naming_letters_of_another_unit_is_not_found(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    foreign = received(AgencyFactory())
    client = signed_in(recipient_of(agency))

    response = client.post(
        reverse("confirm_several", args=[agency.pk]), {"delivery": [str(foreign.public_id)]}
    )

    assert response.status_code == 404
    assert client.get(reverse("confirm_several", args=[agency.pk]))["Location"] == inbox(agency)


@pytest.mark.parametrize("name", ["save_filter", "confirm_several"])
def test_a_stranger_finds_no_inbox_to_work_in(signed_in: SignIn, name: str) -> None:
    client = signed_in(recipient_of(AgencyFactory()))

    assert client.post(reverse(name, args=[AgencyFactory().pk]), {"name": "x"}).status_code == 404


def test_forty_letters_are_confirmed_with_as_many_queries_as_two() -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    counts = []
    for size in (2, 40):
        letters = [received(agency).public_id for _ in range(size)]
        counts.append(
            query_count(acknowledge_several, deliveries=letters, agency=agency, by=person, at=timezone.now())
        )
    assert counts[0] == counts[1]
    assert DeliveryEvent.objects.filter(kind=EventKind.ACKNOWLEDGED).count() == 42


@pytest.mark.parametrize("query", ["", "?show=answer", "?show=confirmed", "?q=şehir"])
def test_every_view_asks_as_many_questions_for_20_letters_as_for_2(signed_in: SignIn, query: str) -> None:
    agency = AgencyFactory()
    person = recipient_of(agency)
    client = signed_in(person)
    counts = []
    for more in (2, 18):
        for _ in range(more):
            acknowledge(delivery=received(agency).public_id, by=person, at=timezone.now())
            received(agency)
        client.get(inbox(agency, query))
        counts.append(query_count(client.get, inbox(agency, query)))
    assert counts[0] == counts[1]
