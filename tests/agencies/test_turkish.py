"""Turkish in official letters: folding, alphabetical order, dative and plural, in both directions."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies import turkish

DATA = Path(turkish.__file__).parent / "data"
ALPHABET = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"

DATIVES_OF_INSTITUTIONS = """
Adalet Bakanlığı;Adalet Bakanlığına
Aile ve Sosyal Hizmetler Bakanlığı;Aile ve Sosyal Hizmetler Bakanlığına
Çevre, Şehircilik ve İklim Değişikliği Bakanlığı;Çevre, Şehircilik ve İklim Değişikliği Bakanlığına
Millî Eğitim Bakanlığı;Millî Eğitim Bakanlığına
Cumhurbaşkanlığı;Cumhurbaşkanlığına
Yükseköğretim Kurulu Başkanlığı;Yükseköğretim Kurulu Başkanlığına
Türkiye Büyük Millet Meclisi Başkanlığı;Türkiye Büyük Millet Meclisi Başkanlığına
Türkiye Büyük Millet Meclisi;Türkiye Büyük Millet Meclisine
Dış İlişkiler ve Avrupa Birliği Genel Müdürlüğü;Dış İlişkiler ve Avrupa Birliği Genel Müdürlüğüne
Sosyal Güvenlik Kurumu Başkanlığı;Sosyal Güvenlik Kurumu Başkanlığına
Sosyal Güvenlik Kurumu;Sosyal Güvenlik Kurumuna
Türkiye İş Kurumu Genel Müdürlüğü;Türkiye İş Kurumu Genel Müdürlüğüne
Rehberlik ve Teftiş Başkanlığı;Rehberlik ve Teftiş Başkanlığına
Ankara Valiliği;Ankara Valiliğine
81 İl Valilikleri;81 İl Valiliklerine
81 İl Valiliği;81 İl Valiliğine
Çalışma ve İş Kurumu İl Müdürlükleri;Çalışma ve İş Kurumu İl Müdürlüklerine
Sosyal Güvenlik İl Müdürlükleri;Sosyal Güvenlik İl Müdürlüklerine
Çalışma ve İş Kurumu İl Müdürlüğü;Çalışma ve İş Kurumu İl Müdürlüğüne
İl Nüfus ve Vatandaşlık Müdürlüğü;İl Nüfus ve Vatandaşlık Müdürlüğüne
Çankaya Kaymakamlığı;Çankaya Kaymakamlığına
Ankara Üniversitesi Rektörlüğü;Ankara Üniversitesi Rektörlüğüne
Ankara Büyükşehir Belediye Başkanlığı;Ankara Büyükşehir Belediye Başkanlığına
Anayasa Mahkemesi Başkanlığı;Anayasa Mahkemesi Başkanlığına
Anayasa Mahkemesi;Anayasa Mahkemesine
Türkiye Cumhuriyet Merkez Bankası;Türkiye Cumhuriyet Merkez Bankasına
Ankara Ticaret Odası;Ankara Ticaret Odasına
Türkiye Odalar ve Borsalar Birliği;Türkiye Odalar ve Borsalar Birliğine
Yatırım ve Finans Ofisi;Yatırım ve Finans Ofisine
Danışma Kurulu;Danışma Kuruluna
Millî Güvenlik Kurulu Genel Sekreterliği;Millî Güvenlik Kurulu Genel Sekreterliğine
Londra Büyükelçiliği;Londra Büyükelçiliğine
Genelkurmay Başkanlığı;Genelkurmay Başkanlığına
TRT;TRT'ye
PTT;PTT'ye
TBMM;TBMM'ye
TÜBİTAK;TÜBİTAK'a
İŞKUR;İŞKUR'a
SGK;SGK'ye
YÖK;YÖK'e
TÜİK;TÜİK'e
AFAD;AFAD'a
TOKİ;TOKİ'ye
TİKA;TİKA'ya
BDDK;BDDK'ye
ADALET BAKANLIĞI;ADALET BAKANLIĞINA
İÇİŞLERİ BAKANLIĞI;İÇİŞLERİ BAKANLIĞINA
ANKARA VALİLİĞİ;ANKARA VALİLİĞİNE
Valilikler;Valiliklere
Bakanlıklar;Bakanlıklara
Danıştay;Danıştaya
Yargıtay;Yargıtaya
Başkanlık;Başkanlığa
Cumhurbaşkanlığı (Yatırım ve Finans Ofisi Başkanlığı);Cumhurbaşkanlığına (Yatırım ve Finans Ofisi Başkanlığı)
BAŞKANLIK;BAŞKANLIĞA
DANIŞTAY;DANIŞTAYA
TOBB;TOBB'a
AB;AB'ye
Örnek Enerji A.Ş.;Örnek Enerji A.Ş.ne
Defterdarlığı;Defterdarlığına
""".strip().splitlines()

DATIVES_OF_PLACES = """
Adana;Adana'ya
Ağrı;Ağrı'ya
İzmir;İzmir'e
Kilis;Kilis'e
Iğdır;Iğdır'a
Kırklareli;Kırklareli'ye
Zonguldak;Zonguldak'a
Muş;Muş'a
Uşak;Uşak'a
Kocaeli;Kocaeli'ye
Karabük;Karabük'e
Şanlıurfa;Şanlıurfa'ya
BOLU;BOLU'YA
""".strip().splitlines()

PLURALS = """
Valiliği;Valilikleri
Çalışma ve İş Kurumu İl Müdürlüğü;Çalışma ve İş Kurumu İl Müdürlükleri
Kaymakamlığı;Kaymakamlıkları
Kurumu;Kurumları
Kurulu;Kurulları
Üniversitesi;Üniversiteleri
Odası;Odaları
Merkezi;Merkezleri
Konsolosluğu;Konsoloslukları
Büyükşehir Belediye Başkanlığı;Büyükşehir Belediye Başkanlıkları
Meclisi;Meclisleri
Sağlık Ocağı;Sağlık Ocakları
Çalışma Grubu;Çalışma Grupları
İL VALİLİĞİ;İL VALİLİKLERİ
Bakanlık;Bakanlıklar
TRT;TRT'ler
YÖK;YÖK'ler
TMO;TMO'lar
""".strip().splitlines()


def rows(file_name: str) -> list[dict[str, str]]:
    with (DATA / file_name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pairs(lines: list[str]) -> list[tuple[str, str]]:
    return [(left, right) for left, right in (line.split(";") for line in lines)]


def shipped_names() -> list[str]:
    names = [row["name"] for row in rows("central.csv")]
    for province in rows("provinces.csv"):
        town = "Büyükşehir Belediye" if province["metropolitan"] == "1" else "Belediye"
        names += [f"{province['name']} Valiliği", f"{province['name']} {town} Başkanlığı"]
        names += [f"{province['name']} {template['name']}" for template in rows("provincial_templates.csv")]
    return names


def test_case_follows_the_turkish_i() -> None:
    assert turkish.lower("İLGİ, ISPARTA, Iğdır") == "ilgi, ısparta, ığdır"
    assert turkish.upper("ilgi, ısparta, İçişleri") == "İLGİ, ISPARTA, İÇİŞLERİ"
    assert turkish.lower("I\u0307LGI\u0307") == "ilgi"


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("AİLE VE SOSYAL HİZMETLER BAKANLIĞI", "Aile ve Sosyal Hizmetler Bakanlığı"),
        ("ışık ile iklim", "Işık ile İklim"),
        ("BAKAN A.", "Bakan a."),
        ("T.C. ÖRNEK A.Ş. (ÇEVRE-İKLİM)", "T.C. Örnek A.Ş. (Çevre-İklim)"),
        ("ankara'ya", "Ankara'ya"),
        ("VE DİĞERLERİ", "Ve Diğerleri"),
    ],
)
def test_title_case_keeps_the_small_words(printed: str, expected: str) -> None:
    assert turkish.title(printed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "cumhurbaskanligi",
        "CUMHURBASKANLIGI",
        "CUMHURBAŞKANLIĞI",
        "Cumhurbaşkanlığı",
        "Cumhurbas\u0327kanlığı",
    ],
)
def test_a_search_finds_the_name_from_any_keyboard(typed: str) -> None:
    assert turkish.search_key(typed) == "cumhurbaskanligi"


def test_search_key_folds_punctuation_and_whitespace() -> None:
    assert (
        turkish.search_key("  Çevre,Şehircilik\n ve\u00a0İklim-Değişimi  ")
        == "cevre sehircilik ve iklim degisimi"
    )
    assert turkish.search_key("Hâkimler’in") == turkish.search_key("HAKİMLERİN") == "hakimlerin"
    assert turkish.search_key("Bakan\u00adlığı") == "bakanligi"


def test_match_key_folds_circumflexes_and_case_but_keeps_the_turkish_letters() -> None:
    assert turkish.match_key("MİLLÎ EĞİTİM BAKANLIĞI'NA") == turkish.match_key("Milli  Eğitim Bakanlığına")
    assert turkish.match_key("Cumhurbaşkanlığına\n(Ofis)") == "cumhurbaşkanlığına ofis"
    assert turkish.match_key("Uşak") != turkish.match_key("Usak")
    assert turkish.match_key("Isparta") != turkish.match_key("İsparta")


def test_sort_key_puts_space_then_digits_then_letters() -> None:
    ordered = ["A Z", "A1", "A9", "Aa", "Çz", "D", "Iğdır", "İzmir", "Şanlıurfa", "Tokat", "Van", "Zonguldak"]
    assert sorted(set(ordered), key=turkish.sort_key) == ordered
    assert turkish.sort_key("Hâkim") == turkish.sort_key("HAKİM")


@given(st.text())
def test_search_key_is_idempotent(text: str) -> None:
    once = turkish.search_key(text)
    assert turkish.search_key(once) == once


@given(st.text(alphabet=ALPHABET + "âîû"))
def test_keys_do_not_depend_on_case(word: str) -> None:
    for key in (turkish.search_key, turkish.match_key, turkish.sort_key):
        assert key(turkish.upper(word)) == key(word)
    assert turkish.lower(turkish.upper(word)) == turkish.lower(word)


@given(st.text(alphabet=ALPHABET + " 0123456789"), st.text(alphabet=ALPHABET + " 0123456789"))
def test_sort_key_compared_by_bytes_is_the_order_of_the_turkish_alphabet(left: str, right: str) -> None:
    left, right = " ".join(left.split()), " ".join(right.split())
    order = {char: place for place, char in enumerate(" 0123456789" + ALPHABET)}
    expected = [order[char] for char in left] < [order[char] for char in right]
    assert (turkish.sort_key(left).encode() < turkish.sort_key(right).encode()) is expected


@pytest.mark.parametrize(("nominative", "dative"), pairs(DATIVES_OF_INSTITUTIONS))
def test_dative_of_an_institution_and_back(nominative: str, dative: str) -> None:
    assert turkish.dative(nominative) == dative
    assert turkish.nominative_candidates(dative)[0] == nominative


@pytest.mark.parametrize(("nominative", "dative"), pairs(DATIVES_OF_PLACES))
def test_dative_of_a_place_takes_an_apostrophe_and_goes_back(nominative: str, dative: str) -> None:
    assert turkish.dative(nominative, proper=True) == dative
    assert turkish.nominative_candidates(dative) == [nominative]
    assert turkish.nominative_candidates(dative.replace("'", "’")) == [nominative]


@pytest.mark.parametrize(
    ("printed", "nominative"),
    [
        ("Adalet Bakanlığı'na", "Adalet Bakanlığı"),
        ("Adanaya", "Adana"),
        ("Aydına", "Aydın"),
        ("Genelkurmaya", "Genelkurmay"),
        ("Adalet Bakanlığı", "Adalet Bakanlığı"),
        ("Cumhurbaşkanlığına\n(İletişim Başkanlığı)", "Cumhurbaşkanlığı (İletişim Başkanlığı)"),
    ],
)
def test_a_misprinted_or_ambiguous_dative_still_offers_the_name(printed: str, nominative: str) -> None:
    assert nominative in turkish.nominative_candidates(printed)


@pytest.mark.parametrize(("singular", "plural"), pairs(PLURALS))
def test_plural_of_a_class_and_back(singular: str, plural: str) -> None:
    assert turkish.plural(singular) == plural
    assert turkish.singular_candidates(plural)[0] == singular


def test_a_plural_offers_the_possessive_before_the_bare_noun() -> None:
    assert turkish.singular_candidates("İl Valilikleri") == ["İl Valiliği", "İl Valilik"]
    assert turkish.singular_candidates("Valilikler") == ["Valilik", "Valiliği"]
    assert turkish.singular_candidates("Büyükşehir Belediyeleri")[0] == "Büyükşehir Belediyesi"


def test_a_plural_stays_and_a_singular_has_no_singular() -> None:
    assert turkish.plural("81 İl Valilikleri") == "81 İl Valilikleri"
    assert turkish.singular_candidates("Adalet Bakanlığı") == []
    assert turkish.singular_candidates("") == []


@given(st.text(alphabet=ALPHABET, min_size=2))
def test_any_word_is_among_the_candidates_of_its_dative(word: str) -> None:
    assert word in turkish.nominative_candidates(turkish.dative(word))
    assert turkish.nominative_candidates(turkish.dative(word, proper=True)) == [word]


@given(st.text())
def test_no_text_breaks_the_inflections(text: str) -> None:
    for inflected in (turkish.dative(text), turkish.dative(text, proper=True), turkish.plural(text)):
        assert bool(inflected) is bool(text.strip())
    assert bool(turkish.nominative_candidates(text)) is bool(text.strip())
    turkish.singular_candidates(text)


def test_every_shipped_name_is_recovered_from_its_dative_and_its_plural() -> None:
    names = shipped_names()
    assert len(names) == 41 + 81 * 21
    for name in names:
        assert turkish.nominative_candidates(turkish.dative(name))[0] == name
        assert turkish.singular_candidates(turkish.plural(name))[0] == name


def test_shipped_names_are_found_in_capitals() -> None:
    for name in shipped_names():
        assert turkish.dative(turkish.upper(name)) == turkish.upper(turkish.dative(name))
        assert turkish.match_key(turkish.upper(name)) == turkish.match_key(name)


@pytest.mark.parametrize("province", [row["name"] for row in rows("provinces.csv")])
def test_dative_of_every_province_leads_back_to_it(province: str) -> None:
    assert turkish.nominative_candidates(turkish.dative(province, proper=True)) == [province]


def test_shipped_plurals_of_provincial_bodies_are_the_grammatical_ones() -> None:
    for template in rows("provincial_templates.csv"):
        assert turkish.plural(template["name"]) == template["plural"]


def test_no_printed_wording_means_two_groups_or_a_single_body() -> None:
    wordings = [
        (turkish.match_key(wording), row["code"])
        for row in rows("groups.csv")
        for wording in row["wordings"].split("|")
    ]
    assert len({key for key, _ in wordings}) == len(wordings)
    bodies = {turkish.match_key(form) for name in shipped_names() for form in (name, turkish.dative(name))}
    assert not bodies & {key for key, _ in wordings}


def test_provinces_are_ordered_by_plate() -> None:
    provinces = rows("provinces.csv")
    assert [row["plate"] for row in provinces] == [f"{plate:02}" for plate in range(1, 82)]
    assert sum(row["metropolitan"] == "1" for row in provinces) == 30
