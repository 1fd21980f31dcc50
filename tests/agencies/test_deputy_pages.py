"""The page of deputies, and appointing one in three steps."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Deputyship, User
from agencies.services.deputies import end_deputyship, enter_deputyship
from tests.conftest import SignIn
from tests.factories import AgencyFactory, MembershipFactory, UserFactory, manager_of, recipient_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
NEW = "/deputies/new/"


@pytest.fixture
def unit() -> Agency:
    agency: Agency = AgencyFactory(name="Iğdır Valiliği")
    return agency


def appoint(unit: Agency, absent: User, deputy: User) -> Deputyship:
    today = timezone.localdate()
    return enter_deputyship(
        agency=unit,
        absent=absent,
        deputy=deputy,
        first_day=today,
        last_day=today + timedelta(days=4),
        reason="Yıllık izin",
        by=absent,
        at=timezone.now(),
    )


def entry(absent: User, unit: Agency, deputy: User, **more: str) -> dict[str, str]:
    today = timezone.localdate()
    days = {"first_day": f"{today:%Y-%m-%d}", "last_day": f"{today + timedelta(days=2):%Y-%m-%d}"}
    who = {"absent": str(absent.pk), "unit": str(unit.pk), "deputy": str(deputy.pk)}
    return who | days | {"reason": "Yıllık izin"} | more


def test_the_page_lists_who_is_deputy_for_whom(signed_in: SignIn, unit: Agency) -> None:
    person, deputy, other = recipient_of(unit), UserFactory(first_name="Tuğçe"), recipient_of(unit)
    appoint(unit, person, deputy)
    appoint(unit, other, person)
    stranger = recipient_of(AgencyFactory(name="Öteki Birim"))
    appoint(stranger.memberships.get().agency, stranger, UserFactory())

    response = signed_in(person).get(reverse("deputies"))

    assert [rule.deputy for rule in response.context["mine"]] == [deputy]
    assert [rule.absent for rule in response.context["as_deputy"]] == [other]
    assert "Öteki Birim" not in response.content.decode()


def test_a_manager_sees_those_of_the_units_below(signed_in: SignIn, unit: Agency) -> None:
    below = AgencyFactory(parent=unit)
    rule = appoint(below, recipient_of(below), UserFactory())
    response = signed_in(manager_of(unit)).get(reverse("deputies"))
    assert list(response.context["others"]) == [rule]


def test_the_menu_links_the_page_and_names_the_absent_person(signed_in: SignIn, unit: Agency) -> None:
    absent, deputy = recipient_of(unit), UserFactory()
    appoint(unit, absent, deputy)
    page = signed_in(deputy).get(reverse("directory")).content.decode()
    begins = page.rindex('<details class="app-menu')
    menu = page[begins : page.index("</details>", begins)]
    assert reverse("deputies") in menu
    assert str(absent) in menu


def test_the_page_takes_as_many_queries_for_20_as_for_2(signed_in: SignIn, unit: Agency) -> None:
    counts = []
    client = signed_in(manager_of(unit))
    for more in (2, 18):
        for _ in range(more):
            appoint(unit, recipient_of(unit), UserFactory())
        client.get(reverse("deputies"))
        counts.append(query_count(client.get, reverse("deputies")))
    assert counts[0] == counts[1]


def test_the_search_takes_as_many_queries_for_20_people_as_for_2(signed_in: SignIn, unit: Agency) -> None:
    counts = []
    client = signed_in(recipient_of(unit))
    for more in (2, 18):
        for _ in range(more):
            MembershipFactory(user=UserFactory(first_name="Nurşen"))
        counts.append(query_count(client.get, NEW, {"q": "nursen"}))
    assert counts[0] == counts[1]


def test_a_person_with_one_unit_appoints_a_deputy_in_two_steps(signed_in: SignIn, unit: Agency) -> None:
    person = recipient_of(unit)
    deputy = UserFactory(first_name="Şükrü", last_name="IŞIKLI")
    MembershipFactory(user=deputy, agency=AgencyFactory(name="Çankırı Valiliği", parent=unit))
    client = signed_in(person)

    found = client.get(NEW, {"q": "sukru isikli"})
    assert found.context["found"] == [deputy]
    assert "Çankırı Valiliği" in found.content.decode()
    response = client.post(NEW, entry(person, unit, deputy), follow=True)

    rule = Deputyship.objects.get()
    assert (rule.absent, rule.deputy, rule.agency, rule.entered_by) == (person, deputy, unit, person)
    assert rule.last_day == timezone.localdate() + timedelta(days=2)
    assert "Yıllık izin" in response.content.decode()


@pytest.mark.parametrize("typed", ["ŞÜKRÜ", "şükrü", "sukru", "ışıklı", "ISIKLI", "işikli şük"])
def test_a_person_is_found_on_any_keyboard(signed_in: SignIn, unit: Agency, typed: str) -> None:
    deputy = UserFactory(first_name="Şükrü", last_name="IŞIKLI")
    UserFactory(first_name="Şükrü", last_name="IŞIKLI", is_active=False)
    assert signed_in(recipient_of(unit)).get(NEW, {"q": typed}).context["found"] == [deputy]


def test_a_manager_chooses_the_absent_person_by_name(signed_in: SignIn, unit: Agency) -> None:
    below = AgencyFactory(parent=unit, name="Iğdır İl Müdürlüğü")
    absent = UserFactory(first_name="Gönül", last_name="ÖZ")
    MembershipFactory(user=absent, agency=below)
    elsewhere = UserFactory(first_name="Gönül", last_name="ÖZ")
    MembershipFactory(user=elsewhere)
    manager, deputy = manager_of(unit), UserFactory()
    client = signed_in(manager)

    found = client.get(NEW, {"who": "gonul"}).context["found_absent"]
    assert [(each.absent, each.unit) for each in found] == [(absent, below)]
    assert client.get(found[0].address).context["chosen"].absent == absent
    client.post(NEW, entry(absent, below, deputy))

    assert Deputyship.objects.get().entered_by == manager


def test_nothing_can_be_chosen_of_another_unit(signed_in: SignIn, unit: Agency) -> None:
    absent = recipient_of(unit)
    client = signed_in(recipient_of(unit))
    chosen = {"absent": str(absent.pk), "unit": str(unit.pk)}
    assert client.get(NEW, chosen).status_code == 404
    assert client.post(NEW, entry(absent, unit, UserFactory())).status_code == 404
    assert not Deputyship.objects.exists()


def test_a_deputy_names_no_deputy(signed_in: SignIn, unit: Agency) -> None:
    manager, deputy = manager_of(unit), UserFactory()
    appoint(unit, manager, deputy)
    client = signed_in(deputy)
    assert client.get(NEW).status_code == 404
    assert client.post(NEW, entry(manager, unit, UserFactory())).status_code == 404
    assert Deputyship.objects.count() == 1
    assert reverse("new_deputy") not in client.get(reverse("deputies")).content.decode()


@pytest.mark.parametrize("value", ["abc", "-1", "9" * 30, "0"])
@pytest.mark.parametrize("field", ["absent", "unit", "deputy"])
def test_invalid_ids_are_not_found(signed_in: SignIn, unit: Agency, field: str, value: str) -> None:
    person = recipient_of(unit)
    given = entry(person, unit, UserFactory()) | {field: value}
    assert signed_in(person).post(NEW, given).status_code == 404
    assert not Deputyship.objects.exists()


def test_refusals_are_reported_at_the_field_and_input_is_kept(signed_in: SignIn, unit: Agency) -> None:
    person, deputy = recipient_of(unit), UserFactory()
    yesterday = f"{timezone.localdate() - timedelta(days=1):%Y-%m-%d}"

    response = signed_in(person).post(NEW, entry(person, unit, deputy, last_day=yesterday))

    assert "last_day" in response.context["form"].errors
    assert "Yıllık izin" in response.content.decode()
    assert str(deputy) in response.content.decode()
    assert not Deputyship.objects.exists()


def test_looking_changes_nothing(signed_in: SignIn, unit: Agency) -> None:
    person = recipient_of(unit)
    rule = appoint(unit, person, UserFactory())
    client = signed_in(person)
    client.get(NEW, entry(person, unit, UserFactory()))
    assert client.get(reverse("end_deputy", args=[rule.pk])).status_code == 302
    assert Deputyship.objects.filter(ended_at=None).count() == 1


def test_the_absent_person_ends_it(signed_in: SignIn, unit: Agency) -> None:
    person = recipient_of(unit)
    rule = appoint(unit, person, UserFactory())
    response = signed_in(person).post(reverse("end_deputy", args=[rule.pk]), follow=True)
    rule.refresh_from_db()
    assert rule.ended_by == person
    assert list(response.context["past"]) == [rule]


def test_a_stranger_ends_nothing(signed_in: SignIn, unit: Agency) -> None:
    rule = appoint(unit, recipient_of(unit), UserFactory())
    client = signed_in(recipient_of(unit))
    assert client.post(reverse("end_deputy", args=[rule.pk])).status_code == 404
    rule.refresh_from_db()
    assert rule.ended_at is None


def test_a_deputyship_ended_early_is_listed_as_over(signed_in: SignIn, unit: Agency) -> None:
    person = recipient_of(unit)
    end_deputyship(deputyship=appoint(unit, person, UserFactory()), by=person, at=timezone.now())
    response = signed_in(person).get(reverse("deputies"))
    assert not response.context["mine"]
    assert len(response.context["past"]) == 1
