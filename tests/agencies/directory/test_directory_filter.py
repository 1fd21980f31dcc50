"""The directory's pages with ten thousand bodies: by kind, province and district, page by page."""

import csv
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from agencies.matching.rank import Standing, standings
from agencies.models import Agency, AgencyGroup, AgencyKind
from tests.conftest import SignIn
from tests.factories import UserFactory
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
URL = "/directory/"


@pytest.fixture
def reader(signed_in: SignIn) -> Client:
    """A signed-in person without memberships."""
    return signed_in(UserFactory())


def found(client: Client, **query: str) -> set[str]:
    """Names on the page of results."""
    return {agency.name for agency in client.get(URL, query).context["page"]}


@pytest.mark.usefixtures("whole")
class TestTheDirectory:
    def test_is_narrowed_by_kind_province_and_district(self, reader: Client) -> None:
        ankara = found(reader, kind=AgencyKind.DISTRICT_GOVERNORSHIP, province="06")
        assert len(ankara) == 25
        assert "Çankaya Kaymakamlığı" in ankara
        assert found(reader, province="06", district="06-cankaya") == {
            "Çankaya Belediye Başkanlığı",
            "Çankaya Kaymakamlığı",
            "Çankaya İlçe Emniyet Müdürlüğü",
            "Çankaya İlçe Millî Eğitim Müdürlüğü",
            "Çankaya İlçe Müftülüğü",
            "Çankaya İlçe Nüfus Müdürlüğü",
            "Çankaya İlçe Sağlık Müdürlüğü",
        }
        assert found(reader, q="saglik", province="06", district="06-cankaya") == {
            "Çankaya İlçe Sağlık Müdürlüğü"
        }

    def test_offers_the_districts_of_the_chosen_province_that_have_bodies(self, reader: Client) -> None:
        page = reader.get(URL, {"province": "02"}).content.decode()
        assert 'value="02-kahta"' in page
        assert 'value="02-merkez"' not in page
        assert 'value="06-cankaya"' not in page
        assert 'name="district"' not in reader.get(URL).content.decode()

    def test_drops_a_district_when_another_province_is_chosen(self, reader: Client) -> None:
        both = found(reader, kind=AgencyKind.DISTRICT_GOVERNORSHIP, province="34", district="06-cankaya")
        assert len(both) == 39

    @pytest.mark.parametrize("query", [{"province": "99"}, {"district": "06-atlantis"}, {"kind": "castle"}])
    def test_has_no_page_of_an_unknown_place(self, reader: Client, query: dict[str, str]) -> None:
        assert reader.get(URL, query).status_code == 404

    def test_says_what_to_do_where_nothing_is_found(self, reader: Client, english: None) -> None:
        page = reader.get(URL, {"province": "06", "kind": AgencyKind.MINISTRY}).content.decode()
        assert "Nothing of this kind is in this place." in page

    def test_shows_names_that_several_have_with_their_places(self, reader: Client) -> None:
        page = reader.get(URL, {"q": "yenişehir kaymakamlığı"}).content.decode()
        assert all(f"{place} · Yenişehir" in page for place in ("Bursa", "Diyarbakır", "Mersin"))

    def test_counts_large_classes_on_its_first_page_and_loads_none_of_them(self, reader: Client) -> None:
        page = reader.get(URL)
        shown = {kind: (number, len(roots)) for kind, number, roots in page.context["classes"]}
        assert shown[AgencyKind.MINISTRY] == (17, 17)
        assert shown[AgencyKind.DISTRICT_MUNICIPALITY] == (922, 0)
        assert len(page.content) < 100_000

    def test_is_paged(self, reader: Client) -> None:
        pages = [
            reader.get(URL, {"kind": AgencyKind.DISTRICT_GOVERNORSHIP, "page": str(number)}).context["page"]
            for number in (1, 10)
        ]
        assert [len(page) for page in pages] == [100, 22]

    def test_takes_as_many_queries_for_a_district_as_for_a_province(self, reader: Client) -> None:
        few = query_count(lambda: reader.get(URL, {"province": "06", "district": "06-cankaya"}))
        many = query_count(lambda: reader.get(URL, {"province": "34", "district": ""}))
        assert few - 1 == many

    def test_is_exported_as_it_is_narrowed(self, reader: Client) -> None:
        query = {"province": "06", "kind": AgencyKind.DISTRICT_GOVERNORSHIP, "_export": "csv"}
        content = b"".join(reader.get(reverse("directory_export"), query))
        rows = list(csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=";"))
        assert len(rows) == 1 + 25

    def test_pages_the_members_of_a_large_group(self, reader: Client) -> None:
        group = AgencyGroup.objects.get(code="district-governorships")
        page = reader.get(reverse("group", args=[group.pk]))
        assert (len(page.context["page"]), page.context["page"].paginator.count) == (100, 922)
        few = query_count(lambda: reader.get(reverse("group", args=[group.pk])))
        ministries = AgencyGroup.objects.get(code="ministries")
        assert query_count(lambda: reader.get(reverse("group", args=[ministries.pk]))) == few

    def test_says_to_which_provinces_a_group_is_confined(self, reader: Client, english: None) -> None:
        group = AgencyGroup.objects.get(code="metropolitan-governorships")
        page = reader.get(reverse("group", args=[group.pk])).content.decode()
        assert "Only provinces with a metropolitan municipality." in page

    def test_ranks_a_unit_of_a_district_below_its_kaymakam_and_governor(
        self, whole: Callable[[str], Agency]
    ) -> None:
        unit, body = whole("ilce-saglik-06-cankaya"), whole("kaymakamlik-06-cankaya")
        governor, town = whole("valilik-06"), whole("ilce-belediyesi-06-cankaya")
        assert standings([unit, governor, town], of=body) == {
            unit.pk: Standing.BELOW,
            governor.pk: Standing.ABOVE,
            town.pk: Standing.BELOW,
        }
        assert standings([whole("universite-ege")], of=body) == {whole("universite-ege").pk: Standing.EQUAL}
