"""What one unit owes: to its senders on its page, and to everybody in the reverse view."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from circulars.models import Purpose
from distribution.models import CallOutcome, Delivery
from distribution.queries.receiving.owed_by_unit import OwedPart
from distribution.services.follow_up.note_call import Outcome, note_call
from distribution.services.receiving.acknowledge import acknowledge
from distribution.tables.files.exported_lists import filtered_rows
from tests.conftest import SignIn
from tests.factories import (
    AgencyFactory,
    UserFactory,
    copy_below,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)  # fmt: skip
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
NOW = timezone.now()
EARLIER = NOW - timedelta(days=3)


@pytest.fixture
def governorship() -> Agency:
    return AgencyFactory(name="Iğdır Valiliği")


@pytest.fixture
def below(governorship: Agency) -> Agency:
    return AgencyFactory(name="İl Müdürlüğü", parent=governorship)


@pytest.fixture
def ministries(governorship: Agency, below: Agency) -> list[Agency]:
    """To the first the governorship owes a confirmation and an answer; to the second the unit below an overdue one."""
    first, second = AgencyFactory(name="Birinci Bakanlık"), AgencyFactory(name="İkinci Bakanlık")
    dispatched_to(governorship, issuer=first, at=EARLIER, purpose=Purpose.INFORMATION)
    unanswered = dispatched_to(governorship, issuer=first, at=EARLIER)
    person = recipient_of(governorship)
    acknowledge(delivery=unanswered.deliveries.get().public_id, by=person, at=NOW)
    late = dispatched_to(below, issuer=second, at=EARLIER)
    late.deliveries.update(due_at=NOW - timedelta(hours=5))
    return [first, second]


def counted(client: Client, unit: Agency, by: str = "unit") -> dict[str, tuple[int, int, int]]:
    response = client.get(reverse("owed_by_unit", args=[unit.pk]))
    assert response.status_code == 200
    rows = dict(response.context["tables"])[by]
    return {each.agency.name: (each.to_confirm, each.to_answer, each.overdue) for each in rows}


def letters(client: Client, unit: Agency, query: str) -> set[int]:
    response = client.get(reverse("owed_letters", args=[unit.pk]) + query)
    assert response.status_code == 200
    assert len(response.context["rows"]) == response.context["page"].paginator.count
    return {each.pk for each in response.context["rows"]}


@pytest.mark.usefixtures("ministries")
def test_the_manager_sees_what_the_unit_and_those_below_it_owe_to_all(
    governorship: Agency, signed_in: SignIn
) -> None:
    client = signed_in(manager_of(governorship))
    assert counted(client, governorship) == {"Iğdır Valiliği": (1, 1, 0), "İl Müdürlüğü": (1, 0, 1)}
    assert counted(client, governorship, "issuer") == {
        "Birinci Bakanlık": (1, 1, 0),
        "İkinci Bakanlık": (1, 0, 1),
    }


@pytest.mark.usefixtures("ministries")
def test_each_number_is_the_number_of_letters_behind_its_link(
    governorship: Agency, signed_in: SignIn
) -> None:
    client = signed_in(manager_of(governorship))
    response = client.get(reverse("owed_by_unit", args=[governorship.pk]))
    compared = 0
    for name, rows in response.context["tables"]:
        for row in rows:
            for part in OwedPart:
                found = letters(client, governorship, f"?part={part}&{name}={row.agency.pk}")
                numbers = {"confirm": row.to_confirm, "answer": row.to_answer, "overdue": row.overdue}
                assert len(found) == numbers[part]
                compared += len(found)
    assert compared == 8


@pytest.mark.usefixtures("ministries")
def test_a_registrar_sees_the_own_letters_and_what_was_passed_on_but_nothing_else_of_the_units_below(
    governorship: Agency, below: Agency, signed_in: SignIn
) -> None:
    client = signed_in(recipient_of(governorship))
    assert counted(client, governorship) == {"Iğdır Valiliği": (1, 1, 0)}

    passed = copy_below(Delivery.objects.filter(agency=governorship).order_by("pk")[0], below, created_at=NOW)

    assert counted(client, governorship)["İl Müdürlüğü"] == (1, 0, 0)
    assert letters(client, governorship, f"?unit={below.pk}") == {passed.pk}
    assert client.get(reverse("branch", args=[passed.public_id])).status_code == 200


@pytest.mark.usefixtures("ministries")
def test_whoever_stands_outside_sees_none_of_it(
    governorship: Agency, below: Agency, ministries: list[Agency], signed_in: SignIn
) -> None:
    strangers = [
        UserFactory(),
        recipient_of(AgencyFactory()),
        sender_of(ministries[0]),
        manager_of(ministries[0]),
    ]
    for person in [*strangers, recipient_of(below)]:
        client = signed_in(person)
        assert client.get(reverse("owed_by_unit", args=[governorship.pk])).status_code == 404
        assert client.get(reverse("owed_letters", args=[governorship.pk])).status_code == 404


@pytest.mark.usefixtures("ministries")
@pytest.mark.parametrize(
    "query",
    [
        "?part=nothing",
        "?unit=99999999999999999999",
        "?unit=x&issuer=-1",
        "?page=1000000000",
        "?issuer=%C2%B2",
    ],
)
def test_impossible_filters_are_a_page(query: str, governorship: Agency, signed_in: SignIn) -> None:
    client = signed_in(manager_of(governorship))
    assert client.get(reverse("owed_letters", args=[governorship.pk]) + query).status_code == 200


def test_rows_of_the_own_unit_lead_to_where_one_acts_and_others_to_where_one_reads(
    governorship: Agency, below: Agency, ministries: list[Agency], signed_in: SignIn
) -> None:
    own = Delivery.objects.filter(agency=governorship).order_by("pk")[0]
    other = Delivery.objects.get(agency=below)
    for person, name in ((recipient_of(governorship), "delivery"), (manager_of(governorship), "branch")):
        client = signed_in(person)
        shown = client.get(reverse("owed_letters", args=[governorship.pk])).content.decode()
        assert reverse(name, args=[own.public_id]) in shown
        assert client.get(reverse(name, args=[own.public_id])).status_code == 200
    assert reverse("branch", args=[other.public_id]) in shown
    assert client.get(reverse("branch", args=[other.public_id])).status_code == 200


def test_the_reverse_view_takes_as_many_queries_for_many_letters(signed_in: SignIn) -> None:
    def queries(letters: int) -> tuple[int, int]:
        unit = AgencyFactory()
        for _ in range(letters):
            dispatched_to(unit, AgencyFactory(parent=unit), at=EARLIER)
        client = signed_in(manager_of(unit))
        counted(client, unit)
        first = query_count(client.get, reverse("owed_by_unit", args=[unit.pk]))
        return first, query_count(client.get, reverse("owed_letters", args=[unit.pk]))

    assert queries(2) == queries(12)
    assert max(queries(1)) <= 15


# -- the unit seen from outside -------------------------------------------------------------------------------


def test_the_page_of_a_unit_says_what_it_owes_to_the_readers_units_with_links_to_just_these_rows(
    governorship: Agency, ministries: list[Agency], signed_in: SignIn
) -> None:
    client = signed_in(manager_of(ministries[0]))
    response = client.get(reverse("agency", args=[governorship.pk]))
    [row] = response.context["owed_here"]
    assert (row.agency, row.to_confirm, row.to_answer, row.overdue) == (ministries[0], 1, 1, 0)
    for owes in ("", "answer"):
        link = f"?owes={owes}&amp;unit={governorship.pk}&amp;issuer={ministries[0].pk}"
        assert link in response.content.decode()
        listed = client.get(reverse("outstanding") + link.replace("&amp;", "&"))
        assert listed.context["filter"].form.errors == {}
        assert filtered_rows(listed.context["filter"]).count() == 1

    sender = signed_in(sender_of(ministries[0])).get(reverse("agency", args=[governorship.pk]))
    assert sender.context["owed_here"] == [row]
    assert reverse("outstanding") not in sender.content.decode()
    for stranger in (recipient_of(governorship), manager_of(AgencyFactory())):
        assert not signed_in(stranger).get(reverse("agency", args=[governorship.pk])).context["owed_here"]


def test_calls_to_the_unit_are_shown_to_those_who_may_see_calls_and_never_to_the_unit(
    governorship: Agency, ministries: list[Agency], signed_in: SignIn
) -> None:
    copy = Delivery.objects.filter(agency=governorship, circular__issuer=ministries[0]).order_by("pk")[0]
    note_call(
        agency=governorship, unit=ministries[0], deliveries=[copy.public_id], by=sender_of(ministries[0]), at=NOW,
        outcome=Outcome(outcome=CallOutcome.REACHED, number="", note="Yarın bakacaklar"),
    )  # fmt: skip
    address = reverse("agency", args=[governorship.pk])
    assert query_count(signed_in(manager_of(ministries[0])).get, address) <= 23
    assert "Yarın bakacaklar" in signed_in(manager_of(ministries[0])).get(address).content.decode()
    for person in (recipient_of(governorship), manager_of(governorship), manager_of(ministries[1])):
        assert "Yarın bakacaklar" not in signed_in(person).get(address).content.decode()
