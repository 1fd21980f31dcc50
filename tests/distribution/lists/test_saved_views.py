"""Saved views of the manager's list, and the columns that a person chooses; both hold for its files as well."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Role, User
from distribution.models import Delivery, SavedFilter
from distribution.services.choose_columns import choose_columns
from distribution.services.follow_up.withdraw import withdraw
from tests.conftest import SignIn
from tests.factories import (
    AgencyFactory,
    MembershipFactory,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)

pytestmark = pytest.mark.django_db
LIST = "/outstanding/"


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü")


@pytest.fixture
def manager(issuer: Agency, signed_in: SignIn, english: Client) -> Client:
    return signed_in(manager_of(issuer))


def shown(client: Client, address: str) -> list[str]:
    table = client.get(address).context["table"]
    return [row.record.agency.name for row in table.paginated_rows]


def saved(client: Client, query: str, **fields: str) -> SavedFilter:
    response = client.post(f"{reverse('save_view')}?{query}", {"name": "Görünüm", **fields})
    assert response.status_code == 302, response.context["form"].errors
    return SavedFilter.objects.latest("pk")


def test_a_view_keeps_filter_and_order_and_shows_the_same_rows(issuer: Agency, manager: Client) -> None:
    for name in ("Adana Valiliği", "Zonguldak Valiliği", "Bartın Valiliği"):
        dispatched_to(AgencyFactory(name=name), issuer=issuer, at=timezone.now())
    query = "q=valili%C4%9Fi&sort=-agency"
    view = saved(manager, query)

    opened = manager.get(reverse("outstanding_view", args=[view.pk]))

    assert shown(manager, opened["Location"]) == shown(manager, f"{LIST}?{query}")
    assert shown(manager, opened["Location"])[0] == "Zonguldak Valiliği"
    assert QueryDict(view.query)["q"] == "valiliği"


def test_a_view_is_ones_own_unless_it_is_shared_with_the_unit(
    issuer: Agency, manager: Client, signed_in: SignIn
) -> None:
    own, shared = saved(manager, "q=a"), saved(manager, "q=b", name="Ortak", is_shared="on")
    colleague, stranger = Client(), Client()
    for client, unit in ((colleague, issuer), (stranger, AgencyFactory())):
        client.force_login(manager_of(unit))

    def opens(client: Client, view: SavedFilter) -> int:
        return client.get(reverse("outstanding_view", args=[view.pk])).status_code

    assert [opens(colleague, each) for each in (own, shared)] == [404, 302]
    assert [opens(stranger, each) for each in (own, shared)] == [404, 404]
    for client, view in ((colleague, own), (stranger, own), (stranger, shared)):
        assert client.post(reverse("change_view", args=[view.pk]), {"name": "Benim"}).status_code == 404
        assert client.post(reverse("delete_view", args=[view.pk])).status_code == 404
    assert SavedFilter.objects.count() == 2


def test_a_shared_view_shows_each_only_the_rows_that_they_may_see(issuer: Agency, manager: Client) -> None:
    """A view of the unit, opened by a manager above it who acts for another unit, shows the unit's rows only."""
    above = AgencyFactory(name="Üst Birim")
    issuer.parent = above
    issuer.save()
    dispatched_to(AgencyFactory(name="Adana Valiliği"), issuer=issuer, at=timezone.now())
    dispatched_to(AgencyFactory(name="Bartın Valiliği"), issuer=above, at=timezone.now())
    view = saved(manager, "q=valili%C4%9Fi", is_shared="on")
    person = manager_of(above)
    MembershipFactory(user=person, agency=issuer, role=Role.MANAGER)
    other = Client()
    other.force_login(person)
    other.post(reverse("board_of_unit", args=[above.pk, "outstanding"]))
    assert shown(other, f"{LIST}?q=valili%C4%9Fi") == ["Adana Valiliği", "Bartın Valiliği"]

    asks = other.get(reverse("outstanding_view", args=[view.pk]), follow=True)
    assert asks.context["unit"] == issuer
    listed = other.post(asks.redirect_chain[-1][0])["Location"]

    assert shown(other, listed) == ["Adana Valiliği"]


def test_only_its_owner_takes_a_view_back_from_the_unit(issuer: Agency, manager: Client) -> None:
    view = saved(manager, "q=a", is_shared="on")
    colleague = Client()
    colleague.force_login(manager_of(issuer))

    colleague.post(reverse("change_view", args=[view.pk]), {"name": "Yeni ad"})

    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("Yeni ad", True)


def test_a_name_twice_is_refused_beside_it_and_stays_typed(manager: Client) -> None:
    saved(manager, "q=a")

    again = manager.post(f"{reverse('save_view')}?q=b", {"name": "Görünüm"})

    assert again.status_code == 200
    assert "Choose another name" in str(again.context["form"].errors["name"])
    assert 'value="Görünüm"' in again.content.decode()
    assert SavedFilter.objects.count() == 1


def test_a_view_is_renamed_renewed_and_deleted(manager: Client) -> None:
    view = saved(manager, "q=a")
    address = reverse("change_view", args=[view.pk])

    manager.post(address, {"name": "Yeni ad"})
    view.refresh_from_db()
    assert (view.name, QueryDict(view.query)["q"]) == ("Yeni ad", "a")

    manager.post(f"{address}?view={view.pk}&q=b", {"name": "Yeni ad", "renewed": "on"})
    view.refresh_from_db()
    assert QueryDict(view.query)["q"] == "b"

    assert manager.get(reverse("delete_view", args=[view.pk])).status_code == 302
    assert SavedFilter.objects.count() == 1
    person = User.objects.get(pk=manager.session["_auth_user_id"])
    choose_columns(person=person, list_name=f"outstanding {view.pk}", columns=["agency"])
    choose_columns(person=person, list_name="outstanding", columns=["letter"])
    manager.post(reverse("delete_view", args=[view.pk]))
    assert SavedFilter.objects.count() == 0
    person.refresh_from_db()
    assert person.list_columns == {"outstanding": ["letter"]}


def test_a_view_of_a_withdrawn_letter_says_so_and_lists_nothing_else(issuer: Agency, manager: Client) -> None:
    dispatched_to(AgencyFactory(), issuer=issuer, at=timezone.now())
    letter = dispatched_to(AgencyFactory(), issuer=issuer, subject="Kış tedbirleri", at=timezone.now())
    view = saved(manager, f"letter={letter.public_id}")
    withdraw(circular=letter, reason="Yanlış liste", by=sender_of(issuer), at=timezone.now())

    page = manager.get(reverse("outstanding_view", args=[view.pk]), follow=True)

    assert page.status_code == 200
    assert list(page.context["table"].rows) == []
    assert "was taken back" in page.content.decode()


@pytest.mark.parametrize(
    "query", ["province=99", "kind=nothing", "issuer=1", "due=never", "letter=x", "unit=7"]
)
def test_a_view_with_a_value_that_is_gone_says_so_and_is_not_unfiltered(
    issuer: Agency, manager: Client, query: str
) -> None:
    dispatched_to(AgencyFactory(), issuer=issuer, at=timezone.now())
    view = saved(manager, query)

    page = manager.get(reverse("outstanding_view", args=[view.pk]), follow=True)

    assert page.status_code == 200
    assert list(page.context["table"].rows) == []


def test_chosen_columns_are_those_of_the_page_and_of_its_file(issuer: Agency, manager: Client) -> None:
    dispatched_to(AgencyFactory(phone="0312 111 22 33"), issuer=issuer, at=timezone.now())
    assert "0312 111 22 33" in manager.get(LIST).content.decode()

    manager.post(reverse("choose_columns"), {"column": ["agency", "letter", "due_at"]})

    assert "0312 111 22 33" not in manager.get(LIST).content.decode()
    head = b"".join(manager.get(f"{LIST}?_export=csv")).decode("utf-8-sig").splitlines()[0]
    assert head == "Recipient;Letter;Due;New letter;Revision of the new letter"

    manager.post(reverse("choose_columns"), {"usual": "1"})
    assert "0312 111 22 33" in manager.get(LIST).content.decode()


def test_unknown_columns_are_ignored(manager: Client) -> None:
    assert manager.post(reverse("choose_columns"), {"column": ["password"]}).status_code == 302
    assert manager.get(f"{LIST}?columns=password,agency").status_code == 200


def test_who_manages_nothing_finds_no_view(signed_in: SignIn) -> None:
    client = signed_in(recipient_of(AgencyFactory()))
    for name in ("save_view", "choose_columns", "choose_rows", "give_more_time"):
        assert client.post(reverse(name)).status_code == 404


def test_what_is_long_overdue_is_a_part_of_what_is_overdue(issuer: Agency, manager: Client) -> None:
    now = timezone.now()
    for name, days in (("Adana Valiliği", 40), ("Bartın Valiliği", 1)):
        letter = dispatched_to(
            AgencyFactory(name=name),
            issuer=issuer,
            urgency="GÜNLÜDÜR",
            due_at=now - timedelta(days=days),
            at=now - timedelta(days=days + 5),
        )
        assert Delivery.objects.filter(circular=letter, due_at__lt=now).exists()

    assert shown(manager, f"{LIST}?due=overdue") == ["Adana Valiliği", "Bartın Valiliği"]
    assert shown(manager, f"{LIST}?due=long") == ["Adana Valiliği"]
