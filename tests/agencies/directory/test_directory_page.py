"""The directory's pages: the tree, the search, one unit's contact details, and the administrator's pages."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency, AgencyKind, Role
from tests.conftest import SignIn
from tests.factories import AgencyFactory, AgencyGroupFactory, MembershipFactory, UserFactory, manager_of

pytestmark = pytest.mark.django_db
URL = "/directory/"


@pytest.fixture
def reader(signed_in: SignIn) -> Client:
    """A signed-in person without memberships."""
    return signed_in(UserFactory())


def names(page: str, *wanted: str) -> list[bool]:
    return [name in page for name in wanted]


class TestTheTree:
    def test_begins_with_the_topmost_bodies_by_class(self, reader: Client) -> None:
        ministry = AgencyFactory(name="Ulaştırma Bakanlığı", kind=AgencyKind.MINISTRY)
        AgencyFactory(name="Alt Birim", parent=ministry)
        page = reader.get(URL).content.decode()
        assert names(page, "Ulaştırma Bakanlığı", "Alt Birim") == [True, False]
        assert f"?in={ministry.pk}" in page

    def test_collapses_a_large_class(self, reader: Client) -> None:
        for number in range(21):
            AgencyFactory(name=f"{number} Belediye Başkanlığı", kind=AgencyKind.MUNICIPALITY)
        page = reader.get(URL).content.decode()
        assert "20 Belediye Başkanlığı" not in page
        assert "?kind=municipality" in page
        listed = reader.get(URL, {"kind": "municipality"}).content.decode()
        assert "20 Belediye Başkanlığı" in listed

    def test_shows_the_children_of_a_body(self, reader: Client) -> None:
        top = AgencyFactory(name="Üst Kurum")
        child = AgencyFactory(name="Orta Birim", parent=top)
        AgencyFactory(name="En Alt Birim", parent=child)
        page = reader.get(URL, {"in": top.pk}).content.decode()
        assert names(page, "<html", "Orta Birim", "En Alt Birim") == [True, True, False]

    def test_unfolds_in_place_with_the_rows_alone(self, reader: Client) -> None:
        top = AgencyFactory(name="Üst Kurum")
        AgencyFactory(name="Orta Birim", parent=top)
        response = reader.get(URL, {"in": top.pk}, headers={"HX-Request": "true"})
        assert names(response.content.decode(), "<html", "Orta Birim") == [False, True]
        assert "HX-Request" in response["Vary"]

    def test_is_paginated(self, reader: Client) -> None:
        top = AgencyFactory()
        for number in range(101):
            AgencyFactory(name=f"Birim {number:03}", parent=top)
        assert "Birim 100" not in reader.get(URL, {"in": top.pk}).content.decode()
        assert "Birim 100" in reader.get(URL, {"in": top.pk, "page": 2}).content.decode()
        unfolded = reader.get(URL, {"in": top.pk}, headers={"HX-Request": "true"}).content.decode()
        assert "page=2" in unfolded

    def test_marks_closed_bodies(self, reader: Client) -> None:
        top = AgencyFactory()
        AgencyFactory(parent=top)
        open_page = reader.get(URL, {"in": top.pk}).content.decode()
        AgencyFactory(parent=top, active_to=date(2020, 1, 1))
        assert reader.get(URL, {"in": top.pk}).content.decode().count("badge") > open_page.count("badge")

    @pytest.mark.parametrize("query", [{"in": "9"}, {"in": "abc"}, {"in": "9" * 30}, {"kind": "castle"}])
    def test_of_an_unknown_body_is_not_found(self, reader: Client, query: dict[str, str]) -> None:
        assert reader.get(URL, query).status_code == 404

    def test_takes_the_same_number_of_queries_for_2_bodies_and_for_20(self, reader: Client) -> None:
        def queries(query: dict[str, object]) -> int:
            with CaptureQueriesContext(connection) as captured:
                assert reader.get(URL, query).status_code == 200
            return len(captured)

        top = AgencyFactory(kind=AgencyKind.MINISTRY)
        for parent in (AgencyFactory(parent=top), AgencyFactory(parent=top)):
            AgencyFactory(parent=parent)
        pages: list[dict[str, object]] = [{}, {"in": top.pk}, {"q": "Iğdır"}]
        few = [queries(page) for page in pages]
        for _ in range(18):
            AgencyFactory(parent=AgencyFactory(parent=top))
            AgencyFactory()
        assert [queries(page) for page in pages] == few


class TestTheSearch:
    @pytest.mark.parametrize(
        "text",
        [
            "iğdır",
            "IĞDIR",
            "Iğdır",
            "İĞDIR",
            "igdir",
            "  hakem   IGDIR ",
            "hâkem",
            "HAKEM",
            "hakem",
            "ölçü",
            "OLCU",
        ],
    )
    def test_folds_turkish_letters(self, reader: Client, text: str) -> None:
        AgencyFactory(name="Iğdır Hâkem ve Ölçü Kurulu")
        AgencyFactory(name="Başka Birim")
        page = reader.get(URL, {"q": text}).content.decode()
        assert names(page, "Iğdır Hâkem ve Ölçü Kurulu", "Başka Birim") == [True, False]

    def test_shows_kind_and_the_body_above(self, reader: Client) -> None:
        top = AgencyFactory(name="Sınama Bakanlığı")
        AgencyFactory(name="Gözlemevi", parent=top, kind=AgencyKind.CENTRAL_UNIT)
        page = reader.get(URL, {"q": "gözlem"}).content.decode()
        assert names(page, "Sınama Bakanlığı", str(AgencyKind.CENTRAL_UNIT.label)) == [True, True]

    @pytest.mark.parametrize("text", ["yoktur böyle", "%%%", "''; --"])
    def test_that_finds_nothing_says_what_to_do(self, reader: Client, text: str) -> None:
        AgencyFactory(name="Gözlemevi")
        page = reader.get(URL, {"q": text}).content.decode()
        assert names(page, "Gözlemevi", "empty") == [False, True]

    def test_is_paginated(self, reader: Client) -> None:
        for number in range(101):
            AgencyFactory(name=f"Gözlemevi {number:03}")
        assert "Gözlemevi 100" not in reader.get(URL, {"q": "gozlemevi"}).content.decode()
        assert "Gözlemevi 100" in reader.get(URL, {"q": "gozlemevi", "page": 2}).content.decode()


def test_the_directory_is_only_read_and_only_by_people_who_signed_in(reader: Client) -> None:
    assert reader.post(URL).status_code == 405
    reader.logout()
    assert reader.get(URL).status_code == 302


class TestContactDetails:
    def test_are_changed_by_a_manager_of_the_unit(self, signed_in: SignIn) -> None:
        agency: Agency = AgencyFactory()
        client = signed_in(manager_of(agency))
        url = reverse("agency_contact", args=[agency.pk])
        assert client.get(url).status_code == 200
        data = {"email": "yeni@ornek.example", "phone": "0312 000 00 00", "kep_address": "birim@hs01.kep.tr"}
        response = client.post(url, data)
        assert response["Location"] == reverse("agency", args=[agency.pk])
        agency.refresh_from_db()
        assert [agency.email, agency.phone, agency.kep_address] == list(data.values())

    def test_are_changed_by_a_manager_from_above_and_by_an_administrator(self, signed_in: SignIn) -> None:
        top = AgencyFactory()
        agency = AgencyFactory(parent=AgencyFactory(parent=top))
        for user in (manager_of(top), UserFactory(is_superuser=True)):
            client, email = signed_in(user), f"{user.username}@ornek.example"
            response = client.post(reverse("agency_contact", args=[agency.pk]), {"email": email})
            assert response["Location"] == reverse("agency", args=[agency.pk])
            agency.refresh_from_db()
            assert agency.email == email

    @pytest.mark.parametrize("role", [Role.SENDER, Role.RECIPIENT])
    def test_are_not_found_for_other_roles(self, signed_in: SignIn, role: Role) -> None:
        member = MembershipFactory(role=role)
        client = signed_in(member.user)
        url = reverse("agency_contact", args=[member.agency_id])
        assert client.get(url).status_code == 404
        assert client.post(url, {"email": "kotu@ornek.example"}).status_code == 404
        member.agency.refresh_from_db()
        assert member.agency.email != "kotu@ornek.example"

    def test_are_not_found_for_a_manager_of_a_unit_below_or_beside(self, signed_in: SignIn) -> None:
        agency = AgencyFactory()
        below, beside = AgencyFactory(parent=agency), AgencyFactory()
        for unit in (below, beside):
            response = signed_in(manager_of(unit)).get(reverse("agency_contact", args=[agency.pk]))
            assert response.status_code == 404

    def test_that_are_invalid_are_refused_at_the_field(self, signed_in: SignIn) -> None:
        agency: Agency = AgencyFactory(email="eski@ornek.example")
        client = signed_in(manager_of(agency))
        response = client.post(reverse("agency_contact", args=[agency.pk]), {"email": "adres değil"})
        assert "invalid-feedback" in response.content.decode()
        agency.refresh_from_db()
        assert agency.email == "eski@ornek.example"

    def test_are_not_changed_by_a_link(self, signed_in: SignIn) -> None:
        agency: Agency = AgencyFactory(email="eski@ornek.example")
        client = signed_in(manager_of(agency))
        client.get(reverse("agency_contact", args=[agency.pk]), {"email": "kotu@ornek.example"})
        agency.refresh_from_db()
        assert agency.email == "eski@ornek.example"


class TestTheAdministratorsPages:
    @pytest.mark.parametrize("model", ["user", "agency", "agencygroup", "membership"])
    def test_open(self, signed_in: SignIn, model: str) -> None:
        client = signed_in(UserFactory(is_staff=True, is_superuser=True))
        MembershipFactory()
        AgencyGroupFactory()
        assert client.get(reverse(f"admin:agencies_{model}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:agencies_{model}_add")).status_code == 200

    def test_find_agencies_with_turkish_letters_folded(self, signed_in: SignIn) -> None:
        client = signed_in(UserFactory(is_staff=True, is_superuser=True))
        wanted = MembershipFactory(agency=AgencyFactory(name="Çankırı Işık Kurulu"))
        MembershipFactory(agency=AgencyFactory(name="Başka Birim"))
        for model in ("agency", "membership"):
            page = client.get(
                reverse(f"admin:agencies_{model}_changelist"), {"q": "CANKIRI ışık"}
            ).content.decode()
            assert names(page, wanted.agency.name, "Başka Birim") == [True, False]
        query = {
            "app_label": "agencies",
            "model_name": "membership",
            "field_name": "agency",
            "term": "cankiri",
        }
        found = client.get(reverse("admin:autocomplete"), query).json()["results"]
        assert [each["text"] for each in found] == ["Çankırı Işık Kurulu"]

    def test_find_memberships_by_the_persons_name(self, signed_in: SignIn) -> None:
        client = signed_in(UserFactory(is_staff=True, is_superuser=True))
        wanted = MembershipFactory(user=UserFactory(last_name="KUZGUN"))
        other = MembershipFactory()
        page = client.get(reverse("admin:agencies_membership_changelist"), {"q": "kuzgun"}).content.decode()
        assert names(page, wanted.agency.name, other.agency.name) == [True, False]

    def test_ask_for_the_products_own_sign_in(self, client: Client) -> None:
        response = client.get("/admin/login/", follow=True)
        assert response.redirect_chain[-1][0].startswith(reverse("account_login"))

    def test_are_closed_to_people_other_than_administrators(self, reader: Client) -> None:
        assert reader.get(reverse("admin:agencies_user_changelist")).status_code in (302, 403)
