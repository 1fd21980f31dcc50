"""The whole shipped directory: its counts, names and places, and what loading it does to a directory in use."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from agencies.data import shipped_rows
from agencies.directory.bodies import AgencyRow, core_rows, district_rows, further_codes, further_rows
from agencies.directory.make_districts import rows_of
from agencies.directory.shipped import load_shipped_directory
from agencies.models import (
    Agency,
    AgencyGroup,
    AgencyKind,
    AgencyName,
    District,
    GroupWording,
    Province,
    sizes_of_groups,
)
from agencies.turkish import dative, match_key
from tests.factories import AgencyFactory, AgencyGroupFactory

ON = date(2026, 3, 2)
Directory = Callable[[str], Agency]

OFFICIAL = {
    AgencyKind.MINISTRY: 17,
    AgencyKind.GOVERNORSHIP: 81,
    AgencyKind.METROPOLITAN_MUNICIPALITY: 30,
    AgencyKind.MUNICIPALITY: 51,
    AgencyKind.SPECIAL_ADMINISTRATION: 51,
    AgencyKind.DISTRICT_GOVERNORSHIP: 922,
    AgencyKind.DISTRICT_MUNICIPALITY: 922,
    AgencyKind.DISTRICT_DIRECTORATE: 5 * 922,
}
"""Numbers of bodies as the Ministry of the Interior states them."""

SIZES = {
    "governorships": 81,
    "metropolitan-governorships": 30,
    "other-governorships": 51,
    "ministries": 17,
    "metropolitan-municipalities": 30,
    "provincial-municipalities": 51,
    "district-governorships": 922,
    "district-municipalities": 922,
    "metropolitan-district-municipalities": 519,
    "special-administrations": 51,
    "district-milli-egitim": 922,
    "provincial-yatirim-izleme": 30,
    "state-universities": 129,
    "highway-regions": 18,
    "water-regions": 26,
    "statistics-regions": 26,
    "development-agencies": 26,
    "provincial-prosecutors": 81,
    "prosecutors": 0,
    "courts": 0,
}


def all_rows() -> list[AgencyRow]:
    return [*core_rows(), *further_rows()]


class TestTheRows:
    def test_are_as_many_as_the_official_counts(self) -> None:
        kinds = Counter(row.kind for row in all_rows())
        assert {kind: kinds[kind] for kind in OFFICIAL} == OFFICIAL

    def test_of_a_province_are_in_each_or_in_those_with_or_without_a_metropolis(self) -> None:
        templates = Counter(
            row.template for row in all_rows() if row.kind == AgencyKind.PROVINCIAL_DIRECTORATE
        )
        assert {name for name, number in templates.items() if number != 81} == {
            "Yatırım İzleme ve Koordinasyon Başkanlığı"
        }
        assert templates["Yatırım İzleme ve Koordinasyon Başkanlığı"] == 30

    def test_have_districts_of_every_province(self) -> None:
        rows = district_rows()
        assert (len(rows), sum(row.is_centre for row in rows)) == (973, 51)
        assert len({row.plate for row in rows}) == 81
        named = {plate: sum(row.plate == plate for row in rows) for plate in ("06", "34", "35", "69", "77")}
        assert named == {"06": 25, "34": 39, "35": 30, "69": 3, "77": 6}

    def test_have_codes_and_places_of_their_own_and_no_personal_data(self) -> None:
        rows = list(all_rows())
        assert len({row.code for row in rows}) == len(rows) > 9000
        assert max(len(row.code) for row in rows) <= 80
        assert len({(row.name, row.parent_code, row.district, row.province) for row in rows}) == len(rows)
        assert [row.detsis_no for row in rows if row.detsis_no] == ["98167286"]
        assert not any("@" in "".join(map(str, vars(row).values())) for row in rows)

    def test_of_ministries_have_central_units_in_each(self) -> None:
        units = Counter(row.parent_code for row in all_rows() if row.kind == AgencyKind.CENTRAL_UNIT)
        ministries = [row.code for row in core_rows() if row.kind == AgencyKind.MINISTRY]
        assert min(units[code] for code in ministries) >= 7

    def test_name_only_known_bodies_in_the_other_files(self) -> None:
        codes = {row.code for row in all_rows()}
        for file in ("other_names.csv", "further_other_names.csv"):
            assert {row["code"] for row in shipped_rows(file)} <= codes
        meant: dict[str, set[str]] = {}
        for file in ("other_names.csv", "further_other_names.csv"):
            for row in shipped_rows(file):
                for text in row["wordings"].split("|"):
                    meant.setdefault(match_key(text), set()).add(row["code"])
        assert {text: named for text, named in meant.items() if len(named) > 1} == {}

    def test_come_from_the_districts_of_the_package(self) -> None:
        source = {"02": ["Merkez", "Kahta", "Çelikhan"], "01": ["Şeker"]}
        assert rows_of(source) == [
            ("01-seker", "01", "Şeker", 0),
            ("02-celikhan", "02", "Çelikhan", 0),
            ("02-kahta", "02", "Kahta", 0),
            ("02-merkez", "02", "Merkez", 1),
        ]

    @pytest.mark.parametrize(
        ("name", "printed"),
        [
            ("Çankaya Kaymakamlığı", "Çankaya Kaymakamlığına"),
            ("Ege Üniversitesi Rektörlüğü", "Ege Üniversitesi Rektörlüğüne"),
            ("Türkiye Barolar Birliği", "Türkiye Barolar Birliğine"),
            ("Bor İlçe Müftülüğü", "Bor İlçe Müftülüğüne"),
            ("Serhat Kalkınma Ajansı Genel Sekreterliği", "Serhat Kalkınma Ajansı Genel Sekreterliğine"),
            ("Türk Tarih Kurumu Başkanlığı", "Türk Tarih Kurumu Başkanlığına"),
        ],
    )
    def test_are_printed_in_the_dative(self, name: str, printed: str) -> None:
        assert name in {row.name for row in all_rows()}
        assert dative(name) == printed

    def test_end_in_the_dative_as_every_official_name_does(self) -> None:
        assert [row.name for row in all_rows() if dative(row.name)[-2:] not in ("na", "ne")] == []


@pytest.mark.django_db
@pytest.mark.usefixtures("whole")
class TestTheWholeDirectory:
    def test_has_classes_of_the_official_sizes(self) -> None:
        groups = list(AgencyGroup.objects.all())
        sizes = sizes_of_groups(groups, on=ON)
        assert {group.code: sizes[group.pk] for group in groups if group.code in SIZES} == SIZES
        governorships = next(group for group in groups if group.code == "metropolitan-governorships")
        assert len(governorships.members_on(ON)) == 30

    def test_counts_the_members_of_groups_as_they_are(self) -> None:
        groups = list(AgencyGroup.objects.filter(code__in=("high-courts", "universities", "highway-regions")))
        groups.append(AgencyGroupFactory(rule_kind=AgencyKind.HIGH_COURT))
        groups[-1].members.set(
            [
                Agency.objects.get(code="yargitay"),
                Agency.objects.get(code="tbmm"),
                AgencyFactory(active_to=ON),
            ]
        )
        sizes = sizes_of_groups(groups, on=ON)
        assert sizes == {group.pk: len(group.members_on(ON)) for group in groups}
        assert sizes[groups[-1].pk] == 8

    def test_has_a_parent_province_and_district_for_what_is_in_a_district(self, whole: Directory) -> None:
        unit = whole("ilce-milli-egitim-06-cankaya")
        assert (str(unit.district), str(unit.province)) == ("Çankaya", "Ankara")
        assert [each.code for each in unit.ancestors()] == ["valilik-06", "kaymakamlik-06-cankaya"]
        assert whole("ilce-belediyesi-06-cankaya").parent is None
        of_districts = Agency.objects.filter(kind__startswith="district_")
        assert of_districts.filter(district=None).count() == 0
        assert District.objects.filter(is_centre=True, agencies__isnull=False).count() == 0
        assert not Agency.objects.filter(path=[]).exists()

    def test_is_not_changed_by_loading_it_again(self) -> None:
        before = list(Agency.objects.order_by("pk").values())
        Agency.objects.filter(code="kaymakamlik-06-cankaya").update(name="Çankaya Kaymakamlığı (deneme)")
        loaded = load_shipped_directory()
        assert (loaded.agencies, loaded.groups, loaded.kept) == (0, 0, 0)
        changed = Agency.objects.get(code="kaymakamlik-06-cankaya")
        assert changed.name == "Çankaya Kaymakamlığı (deneme)"
        changed.name = "Çankaya Kaymakamlığı"
        changed.save()
        assert list(Agency.objects.order_by("pk").values()) == before


@pytest.mark.django_db
class TestAnUpgrade:
    """A directory that has the core, and what a ministry has entered meanwhile."""

    def test_adds_what_is_missing_and_doubles_nothing(self, directory: Directory) -> None:
        core = dict(Agency.objects.values_list("pk", "name"))
        district = AgencyFactory(
            name="Çankaya Kaymakamlığı",
            kind=AgencyKind.DISTRICT_GOVERNORSHIP,
            parent=directory("valilik-06"),
            province_id="06",
        )
        nowhere = AgencyFactory(name="Ege Üniversitesi Rektörlüğü", kind=AgencyKind.UNIVERSITY, code="ege")
        other_kind = AgencyFactory(
            name="Mevzuat Genel Müdürlüğü", parent=directory("ministry-adalet"), kind=AgencyKind.OTHER
        )
        renamed = AgencyFactory(name="Beypazarı Mülki İdaresi", province_id="06")
        AgencyName.objects.create(
            agency=renamed, name="Beypazarı Kaymakamlığı", until=ON, recorded_at=timezone.now()
        )
        elsewhere = AgencyFactory(name="Yenişehir Kaymakamlığı", province_id="21")
        group = AgencyGroupFactory(name="Üniversite Rektörlükleri", rule_kind=AgencyKind.UNIVERSITY)
        GroupWording.objects.create(group=group, text="Bizim Üniversitelere")
        out = StringIO()

        call_command("load_directory", stdout=out)

        assert dict(Agency.objects.filter(pk__in=core).values_list("pk", "name")) == core
        assert Agency.objects.filter(name="Çankaya Kaymakamlığı").get() == district
        assert Agency.objects.filter(name="Ege Üniversitesi Rektörlüğü").get() == nowhere
        assert Agency.objects.filter(name="Mevzuat Genel Müdürlüğü").get() == other_kind
        assert not Agency.objects.filter(name="Beypazarı Kaymakamlığı").exists()
        assert Agency.objects.filter(name="Yenişehir Kaymakamlığı").count() == 3
        assert Agency.objects.get(code="ilce-saglik-06-cankaya").parent == district
        assert elsewhere.code is None
        assert AgencyGroup.objects.filter(name="Üniversite Rektörlükleri").get() == group
        said = out.getvalue()
        assert "5 were there under another code" in said
        assert "“Mevzuat Genel Müdürlüğü” has another kind" in said
        assert "The group “Üniversite Rektörlükleri” was not added" in said
        assert Province.objects.count() == 81

        again = load_shipped_directory()

        assert (again.agencies, again.groups, again.kept) == (0, 0, 5)


def test_the_demo_knows_what_is_beside_the_core() -> None:
    assert further_codes().isdisjoint(row.code for row in core_rows())
    assert len(further_codes()) > 7000
