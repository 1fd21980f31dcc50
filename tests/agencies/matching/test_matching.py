"""Resolving printed lines to agencies and groups, with the shipped directory."""

from collections.abc import Callable
from datetime import date

import pytest

from agencies.matching.class_lines import printed_count, split_unit
from agencies.matching.lines import Match, match_letterhead, match_lines
from agencies.matching.suggest import suggest
from agencies.models import Agency, AgencyGroup, AgencyKind, GroupWording
from agencies.turkish import dative, upper
from tests.factories import AgencyFactory
from tests.query_count import query_count

ON = date(2026, 3, 2)
Directory = Callable[[str], Agency]


def match(line: str, issuer: Agency | None = None) -> Match:
    return match_lines([line], issuer=issuer, on=ON)[0]


BODIES = {
    "Adalet Bakanlığına": "ministry-adalet",
    "ADALET BAKANLIĞINA": "ministry-adalet",
    "  Adalet   Bakanlığına  ": "ministry-adalet",
    "Adalet Bakanlığı": "ministry-adalet",
    "İçişleri Bakanlığına": "ministry-icisleri",
    "İÇİŞLERİ BAKANLIĞINA": "ministry-icisleri",
    "Çevre, Şehircilik ve İklim Değişikliği Bakanlığına": "ministry-cevre",
    "Türkiye Büyük Millet Meclisi Başkanlığına": "tbmm",
    "Hâkimler ve Savcılar Kuruluna": "hakimler-savcilar-kurulu",
    "Hakimler ve Savcılar Kuruluna": "hakimler-savcilar-kurulu",
    "Yükseköğretim Kurulu Başkanlığına": "yuksekogretim-kurulu",
    "Iğdır Valiliğine": "valilik-76",
    "SGK'ye": "sosyal-guvenlik-kurumu",
    "SGK Başkanlığına": "sosyal-guvenlik-kurumu",
    "İŞKUR'a": "turkiye-is-kurumu",
    "Danıştaya": "danistay",
    "TBMM Başkanlığına": "tbmm",
    "IĞDIR VALİLİĞİNE": "valilik-76",
    "Şanlıurfa Valiliğine": "valilik-63",
    "İzmir Büyükşehir Belediye Başkanlığına": "belediye-35",
    "Bolu Belediye Başkanlığına": "belediye-14",
    "Adana Sosyal Güvenlik İl Müdürlüğüne": "sosyal-guvenlik-01",
    "Türkiye İş Kurumu Genel Müdürlüğüne": "turkiye-is-kurumu",
    "Millî Eğitim Bakanlığına": "ministry-milli-egitim",
    "Milli Eğitim Bakanlığına": "ministry-milli-egitim",
    "MİLLÎ EĞİTİM BAKANLIĞINA": "ministry-milli-egitim",
    "Milli Savunma Bakanlığına": "ministry-milli-savunma",
}


def test_a_body_is_found_by_its_printed_name_with_or_without_circumflexes(directory: Directory) -> None:
    found = match_lines(list(BODIES), issuer=None, on=ON)
    assert {each.line: each.agency and each.agency.code for each in found} == BODIES


def test_every_shipped_body_that_may_be_addressed_is_found_by_its_own_dative(directory: Directory) -> None:
    agencies = list(Agency.objects.filter(addressable=True).exclude(kind=AgencyKind.PROVINCIAL_DIRECTORATE))
    lost = [
        found.line
        for agency, found in zip(
            agencies, match_lines([dative(each.name) for each in agencies], issuer=None, on=ON), strict=True
        )
        if found.agency != agency
    ]
    assert lost == []


def test_every_provincial_directorate_is_found_by_its_own_dative(directory: Directory) -> None:
    agencies = list(Agency.objects.filter(kind=AgencyKind.PROVINCIAL_DIRECTORATE))
    found = match_lines([dative(each.name) for each in agencies], issuer=None, on=ON)
    assert [each.line for agency, each in zip(agencies, found, strict=True) if each.agency != agency] == []


class TestAUnitInParentheses:
    def test_of_the_presidency_is_the_unit(self, directory: Directory) -> None:
        found = match("Cumhurbaşkanlığına (Yatırım ve Finans Ofisi Başkanlığı)")
        assert found.agency == directory("yatirim-finans-ofisi")

    def test_is_found_when_wrapped_over_two_lines(self, directory: Directory) -> None:
        found = match("Cumhurbaşkanlığına\n(Yatırım ve Finans Ofisi Başkanlığı)")
        assert found.agency == directory("yatirim-finans-ofisi")

    def test_of_a_governorship_is_the_provincial_unit_whatever_its_parent(self, directory: Directory) -> None:
        found = match("ANKARA VALİLİĞİNE (Çalışma ve İş Kurumu İl Müdürlüğü)")
        assert found.agency == directory("calisma-is-kurumu-06")

    def test_of_a_governorship_may_be_named_in_full(self, directory: Directory) -> None:
        found = match("Adana Valiliğine (Adana Sosyal Güvenlik İl Müdürlüğü)")
        assert found.agency == directory("sosyal-guvenlik-01")

    def test_below_the_governorship_itself_is_found(self, directory: Directory) -> None:
        assert match("Iğdır Valiliğine (İl Emniyet Müdürlüğü)").agency == directory("emniyet-76")

    def test_names_a_central_unit_from_outside(self, directory: Directory) -> None:
        found = match(
            "Çalışma ve Sosyal Güvenlik Bakanlığına (Hukuk Hizmetleri Genel Müdürlüğü)",
            directory("ministry-adalet"),
        )
        assert found.agency == directory("calisma-hukuk")

    def test_that_the_body_does_not_have_stays_unknown(self, directory: Directory) -> None:
        found = match("Adalet Bakanlığına (Yatırım ve Finans Ofisi Başkanlığı)")
        assert not found.is_resolved
        assert directory("yatirim-finans-ofisi") in found.suggestions

    def test_that_is_unknown_suggests_the_body(self, directory: Directory) -> None:
        found = match("Adalet Bakanlığına (Gözlemevleri Dairesi)")
        assert not found.is_resolved
        assert directory("ministry-adalet") in found.suggestions


class TestAClassOfBodies:
    def test_is_found_by_each_of_its_wordings(self, directory: Directory) -> None:
        expected = {
            "81 İl Valiliklerine": ("governorships", 81),
            "81 İl Valiliğine": ("governorships", 81),
            "81 İL VALİLİĞİNE": ("governorships", 81),
            "Bakanlıklara": ("ministries", 17),
            "Büyükşehir Belediye Başkanlıklarına": ("metropolitan-municipalities", 30),
            "Çalışma ve İş Kurumu İl Müdürlüklerine": ("provincial-calisma-is-kurumu", 81),
            "Sosyal Güvenlik İl Müdürlüklerine": ("provincial-sosyal-guvenlik", 81),
            "İl Milli Eğitim Müdürlüklerine": ("provincial-milli-egitim", 81),
            "81 İl Valiliğine (İl Sağlık Müdürlüğü)": ("provincial-saglik", 81),
        }
        found = {each.line: each.group for each in match_lines(list(expected), issuer=None, on=ON)}
        assert {
            line: group and (group.code, len(group.members_on(ON))) for line, group in found.items()
        } == expected

    def test_is_found_by_a_wording_that_an_administrator_adds(self, directory: Directory) -> None:
        ministries = AgencyGroup.objects.get(code="ministries")
        GroupWording.objects.create(group=ministries, text="Sayın Bakanlıklarımıza")
        assert match("SAYIN BAKANLIKLARIMIZA").group == ministries

    def test_states_its_number_at_the_beginning_of_the_line(self) -> None:
        assert printed_count("81 İl Valiliklerine") == 81
        assert printed_count("Bakanlıklara") is None


class TestACentralUnit:
    def test_is_named_alone_within_its_own_institution(self, directory: Directory) -> None:
        found = match("Hukuk Hizmetleri Genel Müdürlüğüne", directory("calisma-uluslararasi-isgucu"))
        assert found.agency == directory("calisma-hukuk")

    def test_is_not_named_alone_from_outside(self, directory: Directory) -> None:
        found = match("Hukuk Hizmetleri Genel Müdürlüğüne", directory("ministry-adalet"))
        assert not found.is_resolved
        assert directory("calisma-hukuk") in found.suggestions

    def test_is_not_named_alone_by_an_unknown_issuer(self, directory: Directory) -> None:
        assert not match("Hukuk Hizmetleri Genel Müdürlüğüne").is_resolved


class TestANameThatSeveralBodiesHave:
    def test_is_not_settled_by_guessing(self, directory: Directory) -> None:
        twins = [
            AgencyFactory(name="Deneme Dairesi Başkanlığı", parent=directory(code))
            for code in ("ministry-adalet", "ministry-saglik")
        ]
        found = match("Deneme Dairesi Başkanlığına")
        assert not found.is_resolved
        assert set(found.suggestions) == set(twins)

    def test_means_the_one_of_the_issuers_own_institution(self, directory: Directory) -> None:
        AgencyFactory(name="Deneme Dairesi Başkanlığı", parent=directory("ministry-adalet"))
        own = AgencyFactory(name="Deneme Dairesi Başkanlığı", parent=directory("ministry-saglik"))
        assert match("Deneme Dairesi Başkanlığına", directory("ministry-saglik")).agency == own

    def test_means_the_active_one_if_the_other_is_closed(self, directory: Directory) -> None:
        AgencyFactory(name="Deneme Kurumu Başkanlığı", active_to=date(2020, 1, 1))
        open_one = AgencyFactory(name="Deneme Kurumu Başkanlığı")
        assert match("Deneme Kurumu Başkanlığına").agency == open_one

    def test_is_told_apart_by_its_body(self, directory: Directory) -> None:
        AgencyFactory(name="Deneme Dairesi Başkanlığı", parent=directory("ministry-adalet"))
        wanted = AgencyFactory(name="Deneme Dairesi Başkanlığı", parent=directory("ministry-saglik"))
        assert match("Sağlık Bakanlığına (Deneme Dairesi Başkanlığı)").agency == wanted


def test_a_closed_body_is_found_so_that_the_person_is_told(directory: Directory) -> None:
    closed = AgencyFactory(name="Kapanan Kurum Başkanlığı", active_to=date(2020, 1, 1))
    assert match("Kapanan Kurum Başkanlığına").agency == closed


def test_an_unknown_line_has_suggestions_the_likeliest_first(directory: Directory) -> None:
    found = match("Adana İl Sosyal Güvenlik Merkezi Müdürlüğüne")
    assert not found.is_resolved
    assert found.suggestions[0] == directory("sosyal-guvenlik-01")


def test_a_line_that_shares_no_word_with_any_name_has_no_suggestion(directory: Directory) -> None:
    assert match("Xqzw Vbnmk").suggestions == []
    assert match("").suggestions == []


def test_a_closed_body_is_not_suggested(directory: Directory) -> None:
    AgencyFactory(name="Gözlemevi Enstitüsü", active_to=date(2020, 1, 1))
    assert suggest("Gözlemevi Enstitüsü", on=ON).agencies == []


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("Şanlurfa Valiliğine", "Şanlıurfa Valiliği"),  # a letter left out
        ("Kahramanmraş Valiliğine", "Kahramanmaraş Valiliği"),
        ("lstanbul Valiliğine", "İstanbul Valiliği"),  # what OCR makes of it
        ("İstanbu1 Valiliğine", "İstanbul Valiliği"),
        ("Diyarbekir Valiliğine", "Diyarbakır Valiliği"),
        ("Erzinccan Valilğine", "Erzincan Valiliği"),  # doubled, and two words mistyped
        ("Iğdr Valiliğine", "Iğdır Valiliği"),
        ("Sağlk Bakanlığına", "Sağlık Bakanlığı"),
        ("Mlli Eğitim Bakanlığına", "Millî Eğitim Bakanlığı"),
        (
            "Çevre Şehircilk ve İklim Değişikliği Bakanlığına",
            "Çevre, Şehircilik ve İklim Değişikliği Bakanlığı",
        ),
        ("Ankara Valiliği (İl Sağlk Müdürlüğü)", "Ankara İl Sağlık Müdürlüğü"),
        ("Ankra Valiliği (İl Sağlık Müdürlüğü)", "Ankara İl Sağlık Müdürlüğü"),
        (
            "Çalışma ve Sosyal Güvenlik Bakanlığı (Hukk Hizmetleri Genel Müdürlüğü)",
            "Hukuk Hizmetleri Genel Müdürlüğü",
        ),
    ],
)
def test_a_mistyped_line_suggests_first_what_was_meant(directory: Directory, line: str, meant: str) -> None:
    found = suggest(line, on=ON)

    assert (str(found.agencies[0]), found.mistyped) == (meant, True)
    unknown = match(line)
    assert (unknown.is_resolved, unknown.mistyped, str(unknown.suggestions[0])) == (False, True, meant)


def test_a_mistyped_unit_is_suggested_from_the_body_that_the_line_names(directory: Directory) -> None:
    units = [
        AgencyFactory(name="Gözetim ve Denetim Başkanlığı", parent=directory(code), addressable=False)
        for code in ("ministry-adalet", "ministry-saglik", "ministry-kultur")
    ]

    found = match("Sağlık Bakanlığı (Gözetim ve Denetm Başkanlığı)").suggestions

    assert found[0] == units[1]
    assert directory("ministry-saglik") in found


@pytest.mark.parametrize(
    "line", ["Adalet Bakanlığına", "Emniyet Gn. Md.lüğüne", "Filan Başkanlığına", "Masal Diyarına"]
)
def test_an_abbreviation_or_an_unknown_name_is_no_typo(directory: Directory, line: str) -> None:
    assert not suggest(line, on=ON).mistyped


def test_the_number_of_queries_does_not_grow_with_known_lines(directory: Directory) -> None:
    def queries(lines: list[str]) -> int:
        return query_count(match_lines, lines, issuer=None, on=ON)

    names = [
        dative(name)
        for name in Agency.objects.filter(kind=AgencyKind.GOVERNORSHIP).values_list("name", flat=True)
    ]
    assert queries(names[:2]) == queries(names)


class TestALetterhead:
    def test_names_the_unit_below_the_body(self, directory: Directory) -> None:
        lines = ["ÇALIŞMA VE SOSYAL GÜVENLİK BAKANLIĞI", "Uluslararası İşgücü Genel Müdürlüğü"]
        assert match_letterhead(lines) == directory("calisma-uluslararasi-isgucu")

    def test_of_one_line_names_the_body(self, directory: Directory) -> None:
        assert match_letterhead(["İÇİŞLERİ BAKANLIĞI"]) == directory("ministry-icisleri")

    def test_tells_units_of_one_name_apart_by_the_body_above(self, directory: Directory) -> None:
        AgencyFactory(name="Personel Genel Müdürlüğü", parent=directory("ministry-adalet"))
        wanted = AgencyFactory(name="Personel Genel Müdürlüğü", parent=directory("ministry-saglik"))
        assert match_letterhead(["SAĞLIK BAKANLIĞI", "Personel Genel Müdürlüğü"]) == wanted
        assert match_letterhead(["Personel Genel Müdürlüğü"]) is None

    def test_of_a_provincial_unit_names_the_governorship_first(self, directory: Directory) -> None:
        name = directory("emniyet-76").name
        assert match_letterhead([upper("Iğdır Valiliği"), name]) == directory("emniyet-76")

    def test_a_provincial_unit_omits_the_province(self, directory: Directory) -> None:
        assert match_letterhead(["ADANA VALİLİĞİ", "İl Sağlık Müdürlüğü"]) == directory("saglik-01")
        assert match_letterhead(["İl Sağlık Müdürlüğü"]) is None

    def test_that_is_unknown_names_nobody(self, directory: Directory) -> None:
        assert match_letterhead(["YILDIZ BAKANLIĞI", "Kuyruklu Yıldız Genel Müdürlüğü"]) is None
        assert match_letterhead([]) is None


def test_a_line_is_split_into_body_and_unit() -> None:
    assert split_unit("Adana Valiliğine (İl Sağlık Müdürlüğü)") == ("Adana Valiliğine", "İl Sağlık Müdürlüğü")
    assert split_unit("Adana Valiliğine") == ("Adana Valiliğine", None)


def test_every_central_unit_is_found_by_its_own_dative_from_within_and_in_parentheses_from_outside(
    directory: Directory,
) -> None:
    units = list(Agency.objects.filter(addressable=False).select_related("parent"))
    assert units
    for unit in units:
        assert unit.parent is not None
        assert match(dative(unit.name), unit.parent).agency == unit
        printed = f"{dative(unit.parent.name)} ({unit.name})"
        assert match(printed, directory("ministry-adalet")).agency == unit


def test_a_rare_word_counts_more_than_a_common_one(directory: Directory) -> None:
    found = suggest("Akdeniz Turizm Birliği Başkanlığına", on=ON)
    assert directory("ministry-kultur") in found.agencies[:3]
    assert suggest("Ankara Şehir Sağlık Müdürlüğüne", on=ON).agencies[0] == directory("saglik-06")
