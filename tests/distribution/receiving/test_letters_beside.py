"""From a letter to the next and the previous one of the list that the person came from, and back to the list."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from circulars.models import Purpose
from distribution.models import Delivery
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from distribution.tables.inbox_filter import place_in_list
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, recipient_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Agency:
    agency: Agency = AgencyFactory()
    return agency


@pytest.fixture
def person(unit: Agency) -> User:
    return recipient_of(unit)


@pytest.fixture
def letters(unit: Agency) -> list[Delivery]:
    """Letters of every rank, several of them alike in all but their ids."""
    now = timezone.now()
    sent = now - timedelta(days=4)
    for number, fields in enumerate(
        (
            {},
            {},
            {"urgency": "ACELE"},
            {"urgency": "ACELE"},
            {"urgency": "GÜNLÜDÜR", "due_at": now + timedelta(days=2)},
            {"urgency": "GÜNLÜDÜR", "due_at": now + timedelta(days=1)},
            {"urgency": "GÜNLÜDÜR", "due_at": now - timedelta(days=1)},
            {"urgency": "GÜNLÜDÜR", "due_at": now - timedelta(days=1)},
            {"purpose": Purpose.INFORMATION},
        )
    ):
        dispatched_to(unit, subject=f"Yazı {number}", at=sent, **fields)
    return list(Delivery.objects.order_by("pk"))


def page_of(delivery: Delivery, place: str = "") -> str:
    return reverse("delivery", args=[delivery.public_id]) + place


def walked(client: Client, first: Delivery, place: str, way: str) -> list[str]:
    """The subjects from this letter on to the end of the list."""
    found, delivery = [], first
    while delivery is not None:
        found.append(delivery.circular.subject)
        delivery = client.get(page_of(delivery, place)).context[way]
    return found


@pytest.mark.parametrize(
    "place",
    ["", "?q=yazı", "?urgency=gunlu", "?show=answer", "?show=confirmed", "?show=answer&urgency=gunlu"],
)
def test_one_walks_through_the_list_in_its_order_and_back(
    signed_in: SignIn, unit: Agency, person: User, letters: list[Delivery], place: str
) -> None:
    if "show" in place:
        for delivery in letters:
            acknowledge(delivery=delivery.public_id, by=person, at=timezone.now())
    client = signed_in(person)
    context = client.get(reverse("unit_inbox", args=[unit.pk]) + place).context
    shown = context["owed"] if "owed" in context else [row.record for row in context["table"].rows]
    subjects = [each.circular.subject for each in shown]

    assert len(subjects) >= 3
    assert walked(client, shown[0], place, "after") == subjects
    assert walked(client, shown[-1], place, "before") == subjects[::-1]


def test_the_end_is_said_and_leads_back_to_the_list(
    signed_in: SignIn, unit: Agency, person: User, letters: list[Delivery]
) -> None:
    place = "?urgency=gunlu&page=2"
    last = letters[4]

    page = signed_in(person).get(page_of(last, place))

    assert (page.context["before"], page.context["after"]) == (letters[5], None)
    text = page.content.decode()
    assert "list-end" in text and 'data-walk="after"' not in text
    back = reverse("unit_inbox", args=[unit.pk]) + place.replace("&", "&amp;")
    assert f'href="{back}#letter-{last.public_id}"' in text


def test_the_list_leads_to_its_letters_with_its_filter(
    signed_in: SignIn, unit: Agency, person: User, letters: list[Delivery]
) -> None:
    client = signed_in(person)
    acknowledge(delivery=letters[0].public_id, by=person, at=timezone.now())

    for place, delivery in (("?urgency=acele", letters[2]), ("?show=confirmed&q=yaz%C4%B1", letters[0])):
        page = client.get(reverse("unit_inbox", args=[unit.pk]) + place).content.decode()
        assert f'href="{page_of(delivery, place)}"'.replace("&", "&amp;") in page


def test_after_confirming_one_stays_on_the_letter_with_the_next_one_at_hand(
    signed_in: SignIn, person: User, letters: list[Delivery]
) -> None:
    client = signed_in(person)
    first, second = letters[6], letters[7]

    response = client.post(
        reverse("acknowledge", args=[first.public_id]) + "?urgency=overdue&evil=1", follow=True
    )

    assert response.redirect_chain[-1][0] == page_of(first, "?urgency=overdue")
    assert (response.context["before"], response.context["after"]) == (None, second)
    assert (
        f'data-walk="after"\n       href="{page_of(second, "?urgency=overdue")}"' in response.content.decode()
    )


def test_an_answer_keeps_the_place_in_the_list(
    signed_in: SignIn, person: User, letters: list[Delivery]
) -> None:
    client = signed_in(person)
    refused = client.post(reverse("answer", args=[letters[2].public_id]) + "?urgency=acele", {})
    answered = client.post(
        reverse("answer", args=[letters[2].public_id]) + "?urgency=acele", {"disposition": "done"}
    )

    assert f'{reverse("answer", args=[letters[2].public_id])}?urgency=acele"' in refused.content.decode()
    assert answered["Location"] == page_of(letters[2], "?urgency=acele")


def test_a_letter_that_left_the_list_keeps_its_place(
    signed_in: SignIn, person: User, letters: list[Delivery]
) -> None:
    circular = letters[2].circular
    withdraw(circular=circular, reason="Yanlış", by=circular.recorded_by, at=timezone.now())

    context = signed_in(person).get(page_of(letters[2])).context

    assert (context["before"], context["after"]) == (letters[7], letters[3])


@pytest.mark.parametrize(
    "place", ["?show=evil", "?issuer=x&page=-1", "?urgency=%27--&purpose=x", "?page=99999999999", "?q=%00"]
)
def test_what_is_no_filter_is_ignored(
    signed_in: SignIn, person: User, letters: list[Delivery], place: str
) -> None:
    assert signed_in(person).get(page_of(letters[0], place)).status_code == 200


def test_only_known_parameters_lead_back() -> None:
    place = place_in_list(QueryDict("q=k%C4%B1%C5%9F&page=3&next=https://kotu.example&show=answer"))

    assert parse_qs(urlsplit(place).query) == {"q": ["kış"], "page": ["3"], "show": ["answer"]}
    assert [place_in_list(QueryDict(each)) for each in ("", "page=-1", "page=9999999999")] == ["", "", ""]


def test_another_units_letters_are_never_beside_it(
    signed_in: SignIn, unit: Agency, person: User, letters: list[Delivery]
) -> None:
    dispatched_to(AgencyFactory(), at=letters[0].created_at)

    assert len(walked(signed_in(person), letters[6], "", "after")) == len(letters)


@pytest.mark.parametrize("place", ["", "?show=answer", "?show=confirmed", "?q=yazı"])
def test_it_asks_as_many_questions_for_40_letters_as_for_2_and_counts_nothing(
    signed_in: SignIn, unit: Agency, person: User, place: str
) -> None:
    client = signed_in(person)
    counts = []
    for more in (2, 38):
        for _ in range(more):
            dispatched_to(unit, subject="Yazı", at=timezone.now())
        first = Delivery.objects.order_by("pk")[0]
        client.get(page_of(first, place))
        counts.append(query_count(client.get, page_of(first, place)))
    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as asked:
        client.get(page_of(first, place))
    lists = [
        each["sql"] for each in asked if "LIMIT 1" in each["sql"] and "circulars_circular" in each["sql"]
    ]
    assert len(lists) >= 2
    assert not [sql for sql in lists if "COUNT(" in sql or "OFFSET" in sql]
