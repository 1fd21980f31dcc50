"""What became overdue since a manager last looked, and what is long overdue."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agencies.models import Agency
from circulars.models import Circular
from distribution.models import BoardSettings
from distribution.queries.managing.late import working_days_late
from distribution.queries.search.lists import lists_named
from distribution.services.managing.board_settings import look_at_late
from distribution.services.receiving.acknowledge import acknowledge
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, manager_of, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
PAGE, LOOK = reverse("late"), reverse("look_at_all")
NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
"""A Wednesday, in working hours."""


@pytest.fixture(autouse=True)
def wednesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü")


def owed(issuer: Agency, name: str, due_at: datetime) -> Circular:
    letter = dispatched_to(AgencyFactory(name=name), issuer=issuer, at=NOW - timedelta(days=60))
    letter.deliveries.update(due_at=due_at)
    return letter


def names(client: Client, query: str = "", *, follow: bool = False) -> set[str]:
    response = client.get(PAGE + query, follow=follow)
    assert response.status_code == 200
    return {row.record.agency.name for row in response.context["table"].paginated_rows}


def test_what_became_overdue_since_the_person_last_looked(signed_in: SignIn, issuer: Agency) -> None:
    manager = manager_of(issuer)
    owed(issuer, "long ago", NOW - timedelta(days=20))
    owed(issuer, "before", NOW - timedelta(days=2))
    owed(issuer, "after", NOW - timedelta(hours=3))
    owed(issuer, "not yet", NOW + timedelta(hours=3))
    client = signed_in(manager)

    assert names(client) == {"before", "after"}  # of the last seven days, as nobody has looked yet
    look_at_late(person=manager, unit=issuer, until=NOW - timedelta(days=1), at=NOW)
    assert names(client) == {"after"}
    assert names(client, "?since=2026-02-01") == {"long ago", "before", "after"}


def test_opening_the_page_marks_nothing_as_looked_at(signed_in: SignIn, issuer: Agency) -> None:
    owed(issuer, "late", NOW - timedelta(hours=3))
    client = signed_in(manager_of(issuer))

    for _visit in range(2):
        assert names(client) == {"late"}
    assert not BoardSettings.objects.exists()


def test_the_button_covers_what_was_shown_and_an_older_tab_takes_nothing_back(
    signed_in: SignIn, issuer: Agency, wednesday: time_machine.Traveller
) -> None:
    client = signed_in(manager_of(issuer))
    owed(issuer, "shown", NOW - timedelta(hours=3))
    owed(issuer, "meanwhile", NOW + timedelta(minutes=5))
    until = client.get(PAGE).context["until"]
    wednesday.move_to(NOW + timedelta(minutes=10))

    client.post(LOOK, {"until": until})

    assert names(client) == {"meanwhile"}
    client.post(LOOK, {"until": (NOW - timedelta(days=3)).isoformat()})
    assert names(client) == {"meanwhile"}
    client.post(LOOK, {"until": (NOW + timedelta(days=3)).isoformat()})
    assert BoardSettings.objects.get().late_looked_at == NOW + timedelta(minutes=10)
    assert names(client) == set()


def test_each_person_and_unit_has_its_own_moment(signed_in: SignIn, issuer: Agency) -> None:
    owed(issuer, "late", NOW - timedelta(hours=3))
    first, second = manager_of(issuer), manager_of(issuer)
    signed_in(first).post(LOOK, {"until": NOW.isoformat()})

    assert names(signed_in(first)) == set()
    assert names(signed_in(second)) == {"late"}


@pytest.mark.parametrize(
    ("due_at", "is_long"),
    [
        (datetime(2026, 2, 24, 14, tzinfo=UTC), True),  # 11 working days before
        (datetime(2026, 2, 25, 6, tzinfo=UTC), False),  # 10
        (datetime(2026, 2, 25, 14, tzinfo=UTC), False),
    ],
)
def test_overdue_for_more_than_ten_working_days_is_long_overdue(
    signed_in: SignIn, issuer: Agency, due_at: datetime, is_long: bool
) -> None:
    letter = owed(issuer, "late", due_at)

    assert names(signed_in(manager_of(issuer)), "?show=long", follow=True) == ({"late"} if is_long else set())
    assert working_days_late(letter.deliveries.all(), NOW) == {
        letter.deliveries.get().pk: 11 if is_long else 10
    }


def test_an_answer_owed_is_listed_and_what_was_answered_or_isnt_managed_is_not(
    signed_in: SignIn, issuer: Agency
) -> None:
    confirmed = owed(issuer, "answer owed", NOW - timedelta(days=1)).deliveries.get()
    acknowledge(delivery=confirmed.public_id, by=recipient_of(confirmed.agency), at=NOW)
    owed(AgencyFactory(), "another issuer's", NOW - timedelta(days=1))
    owed(AgencyFactory(parent=issuer), "issued below", NOW - timedelta(days=1))

    assert names(signed_in(manager_of(issuer))) == {"answer owed", "issued below"}


def test_only_managers_have_the_page(signed_in: SignIn, issuer: Agency) -> None:
    for person in (sender_of(issuer), recipient_of(issuer)):
        client = signed_in(person)
        assert client.get(PAGE).status_code == 404
        assert client.post(LOOK).status_code == 404
    assert not BoardSettings.objects.exists()


@pytest.mark.parametrize(
    "query",
    ["?since=31.02.2026", "?since=x", "?since=9999-12-31", "?since=0001-01-01", "?show=x", "?page=1000000000",
     "?sort=x"],
)  # fmt: skip
def test_bad_input_is_a_page(signed_in: SignIn, issuer: Agency, query: str) -> None:
    client = signed_in(manager_of(issuer))
    assert client.get(PAGE + query).status_code == 200


@pytest.mark.parametrize(
    "until", ["", "x", "2026-03-11", "2026-13-45T99:99", "2026-03-11T09:00:00", "0001-01-01T00:00:00+03:00"]
)
def test_a_bad_moment_counts_as_now(signed_in: SignIn, issuer: Agency, until: str) -> None:
    signed_in(manager_of(issuer)).post(LOOK, {"until": until})
    assert BoardSettings.objects.get().late_looked_at == NOW


def test_the_page_asks_as_many_queries_for_many_rows_as_for_few(signed_in: SignIn, issuer: Agency) -> None:
    client = signed_in(manager_of(issuer))
    for number in range(2):
        owed(issuer, f"{number}", NOW - timedelta(days=1))
    few = query_count(client.get, PAGE)
    for number in range(18):
        owed(issuer, f"further {number}", NOW - timedelta(days=2))

    assert query_count(client.get, PAGE) == few <= 15


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ("süresi geçen", ["overdue", "new", "long"]),
        ("SÜRESİ GEÇEN", ["overdue", "new", "long"]),
        ("geciken", ["overdue", "new", "long"]),
        ("yeni geciken", ["new"]),
        ("uzun süredir geciken", ["long"]),
        ("uzun", []),
        ("Süleyman", []),
        ("süresi geçen Ankara", []),
        ("E-12345678", []),
        ("overdue", ["overdue", "new", "long"]),
    ],
)
def test_the_search_knows_the_lists_by_their_words(text: str, lists: list[str]) -> None:
    assert lists_named(text) == lists


def test_the_search_shows_the_lists_with_the_number_of_their_rows(signed_in: SignIn, issuer: Agency) -> None:
    owed(issuer, "long ago", NOW - timedelta(days=30))
    owed(issuer, "today", NOW - timedelta(hours=1))
    owed(AgencyFactory(), "another issuer's", NOW - timedelta(days=1))

    client = signed_in(manager_of(issuer))
    response = client.get(reverse("search"), {"q": "süresi geçen"})
    found = response.context["lists"]

    assert [count for _list, count in found] == [2, 1, 1]
    for each, count in found:
        page = client.get(f"{reverse(each.page)}?{each.query}")
        assert len(page.context["table"].paginated_rows) == count
        assert f'href="{reverse(each.page)}' in response.content.decode()
    for other in (sender_of(issuer), recipient_of(issuer)):
        assert signed_in(other).get(reverse("search"), {"q": "süresi geçen"}).context["lists"] == []
