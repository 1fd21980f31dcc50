"""Lines that name a whole class, in any wording, with the shipped directory."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.matching.class_lines import parse_class_line, printed_count
from agencies.matching.lines import Match, Unresolved, match_lines
from agencies.models import Agency, AgencyGroup, AgencyKind, GroupWording
from agencies.turkish import dative, plural, upper
from tests.factories import AgencyGroupFactory

ON = date(2026, 3, 2)
Directory = Callable[[str], Agency]


def match(line: str, issuer: Agency | None = None) -> Match:
    return match_lines([line], issuer=issuer, on=ON)[0]


CLASSES = {
    "81 İl Valiliklerine": "governorships",
    "Valiliklere": "governorships",
    "VALİLİKLERE": "governorships",
    "Tüm İl Valiliklerine": "governorships",
    "Tüm 81 İl Valiliğine": "governorships",
    "Valiliklere (81 İl)": "governorships",
    "Valiliklere (81)": "governorships",
    "Tüm Bakanlıklara": "ministries",
    "Bakanlıklarımıza": None,
    "İlgili Bakanlıklara": None,
    "Tüm Büyükşehir Belediye Başkanlıklarına": "metropolitan-municipalities",
    "BÜTÜN BÜYÜKŞEHİR BELEDİYE BAŞKANLIKLARINA": "metropolitan-municipalities",
    "30 Büyükşehir Belediyesine": "metropolitan-municipalities",
    "Belediye Başkanlıklarına": None,
    "İl Belediye Başkanlıklarına": "provincial-municipalities",
    "81 İl Valiliğine (İl Sağlık Müdürlüğü)": "provincial-saglik",
    "81 İl Valiliğine (İl Sağlık Müdürlükleri)": "provincial-saglik",
    "Tüm Valiliklere (Sağlık İl Müdürlüğü)": "provincial-saglik",
    "81 İL VALİLİĞİNE (İL SAĞLIK MÜDÜRLÜĞÜ)": "provincial-saglik",
    "Valiliklere (Defterdarlık)": "provincial-defterdarlik",
    "Valiliklere (Ankara, İzmir)": None,
    "Bakanlıklara (İl Sağlık Müdürlüğü)": None,
    "81 İl Sağlık Müdürlüğüne": "provincial-saglik",
    "İl Sağlık Müdürlüğüne": None,
    "Sağlık Müdürlüklerine": None,
    "39 İlçe Milli Eğitim Müdürlüğüne": None,
    "İlçe Millî Eğitim Müdürlüklerine": None,
    "Müftülüklere": None,
}


def test_a_class_is_recognised_in_every_wording_and_not_confused_with_a_wider_or_narrower_one(
    directory: Directory,
) -> None:
    found = match_lines(list(CLASSES), issuer=None, on=ON)
    assert {each.line: each.group and each.group.code for each in found} == CLASSES
    assert all(each.agency is None for each in found)


def test_the_class_of_every_provincial_template_is_recognised_in_every_wording(directory: Directory) -> None:
    GroupWording.objects.all().delete()
    expected = {}
    for group in AgencyGroup.objects.exclude(rule_template=""):
        template = group.rule_template
        words = template.split()
        other_place = (
            " ".join([*words[1:-1], "İl", words[-1]])
            if words[0] == "İl"
            else " ".join(["İl", *(word for word in words if word != "İl")])
        )
        names = [template] if "İl" not in words else [template, other_place]
        for name in names:
            for line in (
                dative(plural(name)),
                f"81 {dative(name)}",
                f"81 {dative(plural(name))}",
                f"Tüm {dative(plural(name))}",
                f"Bütün {dative(name)}",
                upper(f"Tüm {dative(plural(name))}"),
            ):
                expected[line] = group.code
    found = match_lines(list(expected), issuer=None, on=ON)
    assert {each.line: each.group and each.group.code for each in found} == expected
    assert len(set(expected.values())) == 19


@pytest.mark.parametrize(
    "line",
    [
        "Valiliklere (Atlantis hariç)",
        "81 İl Valiliğine (Ankara ve Atlantis Hariç)",
        "Bazı Valiliklere (Ankara hariç)",
        "Tüm Bakanlıklara (Yıldız Bakanlığı müstesna)",
        "Bakanlıklara (Genel Müdürlüğü hariç)",
        "Sadece Büyükşehir Belediye Başkanlıklarına",
    ],
)
def test_a_class_with_an_exception_that_names_no_member_is_never_resolved(
    directory: Directory, line: str
) -> None:
    found = match(line)
    assert not found.is_resolved
    assert found.unresolved_reason == Unresolved.EXCEPTION
    GroupWording.objects.create(group=AgencyGroup.objects.get(code="governorships"), text=line)
    assert not match(line).is_resolved


class TestWhyALineIsUnknown:
    def test_a_class_without_a_group(self, directory: Directory) -> None:
        assert match("39 İlçe Milli Eğitim Müdürlüğüne").unresolved_reason == Unresolved.NO_CLASS

    def test_a_number_far_from_the_size_of_the_group_means_a_selection(self, directory: Directory) -> None:
        found = match("5 İl Valiliğine")
        assert (found.group, found.unresolved_reason) == (None, Unresolved.COUNT)
        assert [group.code for group in found.groups] == ["governorships"]

    def test_a_number_slightly_off_is_resolved_for_the_pages_to_point_it_out(
        self, directory: Directory
    ) -> None:
        found = match("80 İl Valiliğine")
        assert found.group is not None
        assert printed_count("80 İl Valiliğine") == 80

    def test_two_groups_of_one_name(self, directory: Directory) -> None:
        twins = [AgencyGroupFactory(name="Gözlemevleri") for _ in range(2)]
        found = match("Tüm Gözlemevlerine")
        assert found.unresolved_reason == Unresolved.SEVERAL
        assert set(found.groups) == set(twins)

    def test_a_body_without_such_a_unit_and_an_unknown_name(self, directory: Directory) -> None:
        assert match("Adalet Bakanlığına (Gözlemevi Dairesi)").unresolved_reason == Unresolved.NO_UNIT
        assert match("Masal Kurumu Başkanlığına").unresolved_reason == Unresolved.NO_NAME
        assert match("Hukuk Hizmetleri Genel Müdürlüğüne").unresolved_reason == Unresolved.CENTRAL_UNIT


def test_groups_are_suggested_for_a_class_and_units_for_a_single_one(directory: Directory) -> None:
    found = match("Türkiye'deki Bütün Valiliklerine")
    assert [group.code for group in found.groups][:1] == ["governorships"]
    assert match("Masal Bakanlığına").groups == []
    assert match("Masal Bakanlığına").suggestions


PROVINCIAL = {
    "Ankara Valiliğine (İl Sağlık Müdürlüğü)": "saglik-06",
    "Ankara Valiliğine (Sağlık İl Müdürlüğü)": "saglik-06",
    "Ankara Valiliğine (Ankara İl Sağlık Müdürlüğü)": "saglik-06",
    "Ankara Valiliğine (Sağlık Müdürlüğü)": "saglik-06",
    "ANKARA VALİLİĞİNE (İL SAĞLIK MÜDÜRLÜĞÜ)": "saglik-06",
    "Ankara Valiliğine (İl Sağlık Müdürlüğüne)": "saglik-06",
    "Ankara Valiliği İl Sağlık Müdürlüğüne": "saglik-06",
    "Ankara Valiliği - İl Sağlık Müdürlüğüne": "saglik-06",
    "Ankara Sağlık İl Müdürlüğüne": "saglik-06",
    "Ankara İl Sağlık Müdürlüğüne": "saglik-06",
    "Ankara İl Milli Eğitim Müdürlüğüne": "milli-egitim-06",
    "Iğdır Valiliğine (Defterdarlık)": "defterdarlik-76",
    "Iğdır Defterdarlığına": "defterdarlik-76",
    "Iğdır Valiliğine (Müftülük)": "muftuluk-76",
    "Çankaya Kaymakamlığına": None,
    "Ankara Valiliğine (Gözlemevi Müdürlüğü)": None,
    "Ankara Sağlık Müdürlüğüne": None,
}


def test_a_unit_of_a_province_is_known_in_its_spellings(directory: Directory) -> None:
    found = match_lines(list(PROVINCIAL), issuer=None, on=ON)
    assert {each.line: each.agency and each.agency.code for each in found} == PROVINCIAL


def test_within_its_province_a_unit_is_named_without_the_governorship(directory: Directory) -> None:
    line = "İl Sağlık Müdürlüğüne"
    assert match(line, directory("valilik-06")).agency == directory("saglik-06")
    assert match(line, directory("emniyet-76")).agency == directory("saglik-76")
    assert not match(line, directory("ministry-saglik")).is_resolved


def test_units_of_many_provinces_take_as_many_queries_as_those_of_two(directory: Directory) -> None:
    names = Agency.objects.filter(kind=AgencyKind.GOVERNORSHIP).values_list("name", flat=True)
    lines = [f"{dative(name)} (Sağlık İl Müdürlüğü)" for name in names]

    def queries(wanted: list[str]) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert all(each.is_resolved for each in match_lines(wanted, issuer=None, on=ON))
        return len(captured)

    assert queries(lines[:2]) == queries(lines)


def test_a_line_is_parsed() -> None:
    line = parse_class_line("Tüm  81 İl Valiliğine\n(İl Sağlık Müdürlüğü)")
    assert (line.body, line.unit, line.number, line.says_all) == (
        "İl Valiliğine",
        "İl Sağlık Müdürlüğü",
        81,
        True,
    )
    assert parse_class_line("Valiliklere (81 İl)").number == 81
    assert parse_class_line("2. Ordu Komutanlığına").number is None
    assert not parse_class_line("Adalet Bakanlığına").names_class
