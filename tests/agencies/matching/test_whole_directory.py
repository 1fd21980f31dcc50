"""Matching with the whole directory: districts, parts of classes, and what ten thousand agencies must not change."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from agencies.directory.bodies import core_rows
from agencies.directory.shipped import load_shipped_directory
from agencies.matching.lines import Match, Unresolved, match_letterhead, match_lines
from agencies.matching.narrowing import Part, take_apart
from agencies.matching.suggest import suggest
from agencies.models import Agency, AgencyGroup, AgencyKind, GroupWording
from agencies.turkish import dative, upper
from circulars.lines.distribution_list import expand, replace_lines
from tests.agencies.matching.test_class_lines import CLASSES, PROVINCIAL
from tests.agencies.matching.test_matching import BODIES
from tests.conftest import ROOT
from tests.factories import AgencyFactory, CircularFactory
from tests.query_count import query_count

ON = date(2026, 3, 2)
Directory = Callable[[str], Agency]
SAMPLES = ROOT.parent / "shared" / "samples"

pytestmark = pytest.mark.django_db


def match(line: str, issuer: Agency | None = None) -> Match:
    return match_lines([line], issuer=issuer, on=ON)[0]


def meaning(found: Match) -> tuple[str | None, str | None, str]:
    """Codes of the agency or group, or the reason why there is none."""
    return (
        found.agency.code if found.agency else None,
        found.group.code if found.group else None,
        found.unresolved_reason.value if found.unresolved_reason else "",
    )


DISTRICTS = {
    "Çankaya Kaymakamlığına": "kaymakamlik-06-cankaya",
    "ÇANKAYA KAYMAKAMLIĞINA": "kaymakamlik-06-cankaya",
    "Ankara Çankaya Kaymakamlığına": "kaymakamlik-06-cankaya",
    "Kahta Kaymakamlığına": "kaymakamlik-02-kahta",
    "Kâhta Kaymakamlığına": "kaymakamlik-02-kahta",
    "19 Mayıs Kaymakamlığına": "kaymakamlik-55-19-mayis",
    "Ondokuzmayıs Kaymakamlığına": "kaymakamlik-55-19-mayis",
    "Yenişehir Kaymakamlığına": None,
    "Bursa Yenişehir Kaymakamlığına": "kaymakamlik-16-yenisehir",
    "Bursa İli Yenişehir Kaymakamlığına": "kaymakamlik-16-yenisehir",
    "Bursa Valiliği Yenişehir Kaymakamlığına": "kaymakamlik-16-yenisehir",
    "Yenişehir Kaymakamlığına (Mersin)": "kaymakamlik-33-yenisehir",
    "Sivas Yenişehir Kaymakamlığına": None,
    "DSİ 22. Bölge Müdürlüğüne (TRABZON)": "dsi-22",
    "Devlet Su İşleri 22. Bölge Müdürlüğüne (Trabzon)": "dsi-22",
    "DSİ 22. Bölge Müdürlüğüne (Rize)": None,
    "Devlet Su İşleri 22. Bölge Müdürlüğüne (Rize)": None,
    "Çankaya Kaymakamlığına (İlçe Milli Eğitim Müdürlüğü)": "ilce-milli-egitim-06-cankaya",
    "Çankaya Kaymakamlığına (Millî Eğitim Müdürlüğü)": "ilce-milli-egitim-06-cankaya",
    "Çankaya Kaymakamlığına (Çankaya İlçe Millî Eğitim Müdürlüğü)": "ilce-milli-egitim-06-cankaya",
    "Çankaya Kaymakamlığı İlçe Millî Eğitim Müdürlüğüne": "ilce-milli-egitim-06-cankaya",
    "Çankaya İlçe Millî Eğitim Müdürlüğüne": "ilce-milli-egitim-06-cankaya",
    "Bursa Yenişehir Kaymakamlığına (İlçe Sağlık Müdürlüğü)": "ilce-saglik-16-yenisehir",
    "Bursa Yenişehir İlçe Sağlık Müdürlüğüne": "ilce-saglik-16-yenisehir",
    "Çankaya Kaymakamlığına (Gözlemevi Müdürlüğü)": None,
    "İlçe Sağlık Müdürlüğüne": None,
    "Çankaya Belediye Başkanlığına": "ilce-belediyesi-06-cankaya",
    "Çankaya Belediyesine": "ilce-belediyesi-06-cankaya",
    "Bolu Belediyesine": "belediye-14",
    "İzmir Büyükşehir Belediyesine": "belediye-35",
    "Ege Üniversitesine": "universite-ege",
    "EGE ÜNİVERSİTESİ REKTÖRLÜĞÜNE": "universite-ege",
    "İstanbul Üniversitesi-Cerrahpaşa Rektörlüğüne": "universite-istanbul-cerrahpasa",
    "DSİ 5. Bölge Müdürlüğüne": "dsi-05",
    "Karayolları 4. Bölge Müdürlüğüne": "karayollari-04",
    "TÜBİTAK'a": "tubitak",
    "Türkiye Belediyeler Birliğine": "birlik-belediyeler-birligi",
    "Sağlık Bakanlığına (Türkiye İlaç ve Tıbbi Cihaz Kurumu)": None,
    "Millî Eğitim Bakanlığına (Strateji Geliştirme Başkanlığı)": (
        "milli-egitim-strateji-gelistirme-baskanligi"
    ),
}

PARTS = {
    "Tüm üniversite rektörlüklerine": ("universities", 203, set()),
    "Devlet Üniversitelerine": ("state-universities", 129, set()),
    "922 kaymakamlığa": ("district-governorships", 922, set()),
    "Tüm İlçe Kaymakamlıklarına": ("district-governorships", 922, set()),
    "Büyükşehir belediyesi olan illerin valiliklerine": ("metropolitan-governorships", 30, set()),
    "Büyükşehir Belediyesi Olmayan İllerin Valiliklerine": ("other-governorships", 51, set()),
    "Kaymakamlıklara (İlçe Millî Eğitim Müdürlüğü)": ("district-milli-egitim", 922, set()),
    "Tüm İlçe Belediye Başkanlıklarına": ("district-municipalities", 922, set()),
    "26 Kalkınma Ajansına": ("development-agencies", 26, set()),
    "Karayolları Bölge Müdürlüklerine": ("highway-regions", 18, set()),
    "Ankara ilçe kaymakamlıklarına": ("district-governorships", 25, set()),
    "Ankara ve İstanbul İlçe Kaymakamlıklarına": ("district-governorships", 64, set()),
    "Ankara İline Bağlı İlçe Kaymakamlıklarına": ("district-governorships", 25, set()),
    "Tüm Ankara İlçe Belediye Başkanlıklarına": ("district-municipalities", 25, set()),
    "İstanbul İlçe Millî Eğitim Müdürlüklerine": ("district-milli-egitim", 39, set()),
    "Samsun ilçe kaymakamlıklarına (Bafra hariç)": (
        "district-governorships",
        16,
        {"kaymakamlik-55-bafra"},
    ),
    "81 İl Valiliğine (Hatay ve Malatya hariç)": ("governorships", 79, {"valilik-31", "valilik-44"}),
    "81 İl Valiliğine (Hatay, Malatya ve Adıyaman illeri hariç)": (
        "governorships",
        78,
        {"valilik-31", "valilik-44", "valilik-02"},
    ),
    "81 İL VALİLİĞİNE (HATAY VE MALATYA HARİÇ)": ("governorships", 79, {"valilik-31", "valilik-44"}),
    "81 İl Valiliğine (Hatay hariç) (İl Sağlık Müdürlüğü)": ("provincial-saglik", 80, {"saglik-31"}),
    "81 İl Aile ve Sosyal Hizmetler Müdürlüğüne (Hatay hariç)": (
        "provincial-aile-sosyal-hizmetler",
        80,
        {"aile-sosyal-hizmetler-31"},
    ),
    "Ankara dışındaki Valiliklere": ("governorships", 80, {"valilik-06"}),
    "Hatay Valiliği hariç 81 İl Valiliklerine": ("governorships", 80, {"valilik-31"}),
    "Büyükşehir Belediye Başkanlıklarına (Konya hariç)": (
        "metropolitan-municipalities",
        29,
        {"belediye-42"},
    ),
    "Tüm Bakanlıklara (Çevre, Şehircilik ve İklim Değişikliği ile Millî Savunma Bakanlıkları hariç)": (
        "ministries",
        15,
        {"ministry-cevre", "ministry-milli-savunma"},
    ),
    "Tüm Bakanlıklara (Aile ve Sosyal Hizmetler Bakanlığı ve Millî Savunma Bakanlığı müstesna)": (
        "ministries",
        15,
        {"ministry-aile", "ministry-milli-savunma"},
    ),
    "Üniversite Rektörlüklerine (Ege Üniversitesi hariç)": ("universities", 202, {"universite-ege"}),
    "Devlet ve Vakıf Üniversitelerine": ("universities", 203, set()),
}


@pytest.mark.usefixtures("whole")
class TestTheWholeDirectory:
    def test_finds_districts_and_their_units_and_never_guesses_which(self) -> None:
        found = match_lines(list(DISTRICTS), issuer=None, on=ON)
        assert {each.line: each.agency and each.agency.code for each in found} == DISTRICTS

    def test_says_which_places_have_a_name_that_several_have(self) -> None:
        found = match("Yenişehir Kaymakamlığına")
        assert found.unresolved_reason == Unresolved.SEVERAL
        assert {each.province_id for each in found.suggestions} == {"16", "21", "33"}

    def test_knows_the_own_district_and_province_of_an_issuer(self, whole: Directory) -> None:
        assert match("Yenişehir Kaymakamlığına", whole("valilik-16")).agency == whole(
            "kaymakamlik-16-yenisehir"
        )
        assert not match("Yenişehir Kaymakamlığına", whole("universite-bursa-uludag")).is_resolved
        for issuer in ("kaymakamlik-60-erbaa", "ilce-nufus-60-erbaa"):
            found = match("İlçe Sağlık Müdürlüğüne", whole(issuer))
            assert found.agency == whole("ilce-saglik-60-erbaa")
            assert match("İl Sağlık Müdürlüğüne", whole(issuer)).agency == whole("saglik-60")

    def test_reads_letterheads_of_districts(self, whole: Directory) -> None:
        assert match_letterhead(["ERBAA KAYMAKAMLIĞI"]) == whole("kaymakamlik-60-erbaa")
        lines = ["ERBAA KAYMAKAMLIĞI", "İlçe Millî Eğitim Müdürlüğü"]
        assert match_letterhead(lines) == whole("ilce-milli-egitim-60-erbaa")
        assert match_letterhead(["YENİŞEHİR KAYMAKAMLIĞI", "İlçe Sağlık Müdürlüğü"]) is None
        lines = ["BURSA VALİLİĞİ", "YENİŞEHİR KAYMAKAMLIĞI", "İlçe Sağlık Müdürlüğü"]
        assert match_letterhead(lines) == whole("ilce-saglik-16-yenisehir")

    def test_finds_everybody_by_the_own_dative_or_says_that_several_have_it(self) -> None:
        agencies = list(Agency.objects.filter(addressable=True))
        found = match_lines([dative(each.name) for each in agencies], issuer=None, on=ON, suggesting=False)
        lost = [(agency, each) for agency, each in zip(agencies, found, strict=True) if each.agency != agency]
        assert {each.unresolved_reason for _agency, each in lost} == {Unresolved.SEVERAL}
        assert {agency.kind for agency, _each in lost} == {
            AgencyKind.DISTRICT_GOVERNORSHIP,
            AgencyKind.DISTRICT_DIRECTORATE,
            AgencyKind.DISTRICT_MUNICIPALITY,
        }
        assert sum(agency.kind == AgencyKind.DISTRICT_GOVERNORSHIP for agency, _each in lost) == 49

    def test_finds_those_of_districts_behind_their_province(self) -> None:
        agencies = list(Agency.objects.exclude(district=None).select_related("province"))
        lines = [f"{agency.province} {dative(agency.name)}" for agency in agencies]
        found = match_lines(lines, issuer=None, on=ON, suggesting=False)
        assert [
            each.line for agency, each in zip(agencies, found, strict=True) if each.agency != agency
        ] == []

    def test_expands_classes_and_their_parts_and_leaves_the_lines_as_printed(self) -> None:
        circular = CircularFactory()
        replace_lines(circular, action=list(PARTS), information=[], on=ON)
        expanded = {each.line.text: each for each in expand(circular, on=ON).lines}
        assert {
            text: (
                each.line.group and each.line.group.code,
                len(each.agencies),
                {agency.code for agency in each.left_out},
            )
            for text, each in expanded.items()
        } == PARTS
        assert not any(each.count_differs or each.not_left_out for each in expanded.values())
        assert expanded["Ankara ve İstanbul İlçe Kaymakamlıklarına"].provinces == ["Ankara", "İstanbul"]

    def test_narrows_a_class_of_districts_to_the_issuers_province(self, whole: Directory) -> None:
        circular = CircularFactory(
            issuer=whole("saglik-55"), issuer_lines="SAMSUN VALİLİĞİ\nİl Sağlık Müdürlüğü"
        )
        replace_lines(circular, action=["17 İlçe Kaymakamlığına"], information=[], on=ON)
        [line] = expand(circular, on=ON).lines
        assert (len(line.agencies), line.provinces, line.count_differs) == (17, ["Samsun"], False)
        circular.issuer_lines = "İÇİŞLERİ BAKANLIĞI"
        [line] = expand(circular, on=ON).lines
        assert (len(line.agencies), line.count_differs) == (922, True)

    def test_says_which_exception_of_a_class_that_a_person_chose_leaves_out_nobody(
        self, whole: Directory
    ) -> None:
        circular = CircularFactory()
        replace_lines(circular, action=["81 İl Valiliğine (Atlantis ve Ankara hariç)"], information=[], on=ON)
        circular.lines.update(group=AgencyGroup.objects.get(code="governorships"))
        [line] = expand(circular, on=ON).lines
        assert (len(line.agencies), line.left_out) == (80, [whole("valilik-06")])
        assert line.not_left_out == ["Atlantis"]

    def test_finds_each_class_by_its_printed_name(self) -> None:
        groups = list(AgencyGroup.objects.all())
        printed = [dative(group.name) for group in groups]
        found = match_lines([*printed, *map(upper, printed)], issuer=None, on=ON, suggesting=False)
        assert [each.line for group, each in zip(groups * 2, found, strict=True) if each.group != group] == []

    @pytest.mark.parametrize(
        ("issuer", "line", "code"),
        [
            ("valilik-55", "17 İlçe Kaymakamlığına", "district-governorships"),
            ("valilik-34", "39 İlçe Milli Eğitim Müdürlüğüne", "district-milli-egitim"),
            ("valilik-55", "922 Kaymakamlığa", "district-governorships"),
            ("valilik-55", "4 İlçe Kaymakamlığına", None),
            ("ministry-icisleri", "17 İlçe Kaymakamlığına", None),
        ],
    )
    def test_takes_the_districts_of_the_issuers_province(
        self, whole: Directory, issuer: str, line: str, code: str | None
    ) -> None:
        found = match(line, whole(issuer))
        assert (found.group.code if found.group else None) == code
        assert code or found.unresolved_reason == Unresolved.COUNT

    def test_leaves_a_province_before_another_class_unknown(self) -> None:
        assert not match("Ankara Üniversite Rektörlüklerine").is_resolved
        assert not match("Ankara Valiliklerine").is_resolved

    @pytest.mark.parametrize(
        ("line", "meant"),
        [
            ("Şanlurfa Valiliğine", "Şanlıurfa Valiliği"),
            ("Kahramanmraş Valiliğine", "Kahramanmaraş Valiliği"),
            ("lstanbul Valiliğine", "İstanbul Valiliği"),
            ("Diyarbekir Valiliğine", "Diyarbakır Valiliği"),
            ("Erzinccan Valilğine", "Erzincan Valiliği"),
            ("Iğdr Valiliğine", "Iğdır Valiliği"),
            ("Sağlk Bakanlığına", "Sağlık Bakanlığı"),
            ("Mlli Eğitim Bakanlığına", "Millî Eğitim Bakanlığı"),
            ("Ankra Valiliği (İl Sağlık Müdürlüğü)", "Ankara İl Sağlık Müdürlüğü"),
            ("Bağcıllar Kaymakamlığına", "Bağcılar Kaymakamlığı"),
            ("Kızılcahmam Kaymakamlığına", "Kızılcahamam Kaymakamlığı"),
            ("Çanakya Kaymakamlığına", "Çankaya Kaymakamlığı"),  # two letters have changed places
            ("Esksiehir Valiliğine", "Eskişehir Valiliği"),
            ("Haccettepe Üniversitesi Rektörlüğüne", "Hacettepe Üniversitesi Rektörlüğü"),
        ],
    )
    def test_suggests_first_what_was_meant(self, line: str, meant: str) -> None:
        found = suggest(line, on=ON)
        assert (str(found.agencies[0]), found.mistyped) == (meant, True)

    def test_asks_the_database_as_often_for_one_line_as_for_many(self) -> None:
        def queries(lines: list[str]) -> int:
            return query_count(lambda: match_lines(lines, issuer=None, on=ON, suggesting=False))

        names = Agency.objects.filter(kind=AgencyKind.DISTRICT_GOVERNORSHIP).values_list("name", flat=True)
        lines = [f"{dative(name)} (İlçe Sağlık Müdürlüğü)" for name in names]
        assert queries(lines[:1]) == queries(lines) <= 5
        assert queries(["Çankaya Kaymakamlığına"]) <= 3
        assert queries(["922 Kaymakamlığa"]) <= 7

    def test_holds_its_names_until_one_changes(self) -> None:
        suggest("Bağcıllar Kaymakamlığına", on=ON)
        assert query_count(lambda: suggest("Bağcıllar Kaymakamlığına", on=ON)) == 2
        AgencyFactory(name="Bağcıllar Gözlemevi Başkanlığı")
        assert query_count(lambda: suggest("Bağcıllar Kaymakamlığına", on=ON)) == 3
        assert str(suggest("Bağcıllar Gözlemevi Başkanlığına", on=ON).agencies[0]).startswith("Bağcıllar")


def known_lines() -> Iterator[str]:
    """Lines that the core matches: printed names, wordings, those of other tests, and of the samples where they are."""
    yield from (*BODIES, *CLASSES, *PROVINCIAL)
    yield from (dative(row.name) for row in core_rows())
    yield from GroupWording.objects.values_list("text", flat=True)
    for path in sorted(SAMPLES.glob("letters*/*.json")):
        yield from _recipients(path)


def _recipients(path: Path) -> Iterator[str]:
    letter = json.loads(path.read_text(encoding="utf-8"))
    for group in ("action_recipients", "info_recipients"):
        yield from (line for line in letter.get(group) or [] if isinstance(line, str))


def test_every_line_that_the_core_matches_means_the_same_in_the_whole_directory(directory: Directory) -> None:
    lines = sorted(set(known_lines()))
    codes = (
        "calisma-uluslararasi-isgucu",
        "ministry-adalet",
        "valilik-06",
        "saglik-06",
        "sosyal-guvenlik-16",
    )
    issuers = [None, *map(directory, codes)]

    def meanings() -> dict[tuple[str, str], tuple[str | None, str | None, str]]:
        return {
            (str(issuer), each.line): meaning(each)
            for issuer in issuers
            for each in match_lines(lines, issuer=issuer, on=ON, suggesting=False)
        }

    before = {key: known for key, known in meanings().items() if known[0] or known[1]}
    load_shipped_directory()
    after = meanings()

    assert {key: after[key] for key in before} == before
    assert len(before) > 5 * len(lines)


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("81 İl Valiliğine (Hatay ve Malatya hariç)", Part("81 İl Valiliğine", ("Hatay ve Malatya",))),
        ("Valiliklere, Ankara hariç", Part("Valiliklere", ("Ankara",))),
        ("Ankara İlçe Kaymakamlıklarına", Part("İlçe Kaymakamlıklarına", (), frozenset({"06"}))),
        ("Tüm Ankara İlçe Belediyelerine", Part("Tüm İlçe Belediyelerine", (), frozenset({"06"}))),
        ("Ankara Valiliğine", Part("Ankara Valiliğine")),
        ("Ankara", Part("Ankara")),
        ("", Part("")),
    ],
)
def test_a_line_is_taken_apart(line: str, part: Part) -> None:
    assert take_apart(line) == part
