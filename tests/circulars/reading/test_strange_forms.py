"""Forms that a stranger's letters had and the reader did not know: one test for each kind of fault that they showed."""

import pytest

from circulars.reading import read_letter
from circulars.reading.text.repair import repaired
from tests.circulars.reading.pieced_letters import BODY, FOOTER, HEAD, LISTED, TITLE, read


@pytest.mark.parametrize(
    "lines",
    [
        ["Adalet Bakanlığına", "Koordinasyon Dairesi Başkanlığına", "Sağlık Bakanlığına"],
        ["Adalet Bakanlığına", "Parafiskal Gelirler Dairesi Başkanlığına"],
        ["Adalet Bakanlığına", "Kontrol Hizmetleri Dairesi Başkanlığına", "Sağlık Bakanlığına"],
        [
            "Valiliklere (Adana, Adıyaman, Afyonkarahisar, Ağrı, Amasya, Ankara, Antalya, Artvin, Aydın, Balıkesir,"
            " Bilecik, Bingöl, Bitlis, Bolu, Burdur, Bursa, Çanakkale)",
            "Sağlık Bakanlığına",
        ],
        ["Üyelerimize", "Şubelerimize", "Temsilciliklerimize"],
        ["Yenimahalle Kaymakamlığına", "Kardelen Mahallesi Muhtarlığına (Gül Sok. No: 3 Yenimahalle/ANKARA)"],
        ["DSİ 25. Şube Müdürlüğüne", "DSİ 26. Şube Müdürlüğüne"],
    ],
    ids=[
        "coordination",
        "a word that begins like paraf",
        "control",
        "provinces",
        "our members",
        "address",
        "ordinals",
    ],
)
def test_every_line_of_the_list_is_a_recipient(lines: list[str]) -> None:
    letter = read("Dağıtım:\n" + "\n".join(lines) + "\n")
    assert letter.action_recipients == lines
    assert letter.info_recipients == []


def test_the_initials_below_the_list_end_it() -> None:
    letter = read(LISTED + "Paraf:\nUzman A. BALCI\nKoordinasyon:\nDaire Başkanı B. ÇAM\n")
    assert letter.action_recipients == ["Adalet Bakanlığına", "Sağlık Bakanlığına"]


def test_bodies_below_the_end_of_the_list_make_it_doubtful() -> None:
    found = read("Dağıtım:\nAdalet Bakanlığına\nOlur\nSağlık Bakanlığına\n").found
    assert not found["action_recipients"].sure
    assert read().found["action_recipients"].sure


def test_bodies_in_a_footnote_do_not_make_the_list_doubtful() -> None:
    letter = read(LISTED + "Not: Ekler Adalet Bakanlığına ve Millî Eğitim Bakanlığına elden verilmiştir.\n")
    assert letter.action_recipients == ["Adalet Bakanlığına", "Sağlık Bakanlığına"]
    assert letter.found["action_recipients"].sure


def test_a_name_that_filled_its_line_goes_on_in_the_next() -> None:
    letter = read(
        "Dağıtım:\nElektrik Üretim A.Ş.\nGenel Müdürlüğüne\nTürkiye Noterler\nBirliği Başkanlığına\nKamu Denetçiliği"
        "\nKurumu\nBaşdenetçiliğine\n"
    )
    assert letter.action_recipients == [
        "Elektrik Üretim A.Ş. Genel Müdürlüğüne",
        "Türkiye Noterler Birliği Başkanlığına",
        "Kamu Denetçiliği Kurumu Başdenetçiliğine",
    ]


def test_a_footer_is_no_recipient_however_wide_its_columns_are() -> None:
    footer = FOOTER + "Dumlupınar Bulvarı No: 161" + " " * 60 + "Bilgi için: Nesrin ATEŞOĞLU\n"
    letter = read(footer=footer + "06800 Çankaya/ANKARA" + " " * 66 + "Mühendis\n")
    assert letter.action_recipients == ["Adalet Bakanlığına", "Sağlık Bakanlığına"]
    assert "Dumlupınar Bulvarı No: 161 Bilgi için: Nesrin ATEŞOĞLU" in letter.contact_lines


@pytest.mark.parametrize(
    "lines",
    [
        ["KARAYOLLARI GENEL MÜDÜRLÜĞÜ", "14. Bölge Müdürlüğü"],
        ["DEVLET SU İŞLERİ GENEL MÜDÜRLÜĞÜ", "6. Bölge Müdürlüğü (Adana)"],
        ["TÜBİTAK Başkanlığı"],
        ["DSİ 6. Bölge Müdürlüğü"],
    ],
)
def test_a_letterhead_keeps_numbers_and_abbreviations_in_its_names(lines: list[str]) -> None:
    head = HEAD.replace("ÖRNEK BAKANLIĞI\nDeneme Genel Müdürlüğü", "\n".join(lines))
    assert read(head=head).issuer_lines == lines


def test_a_line_left_out_of_the_letterhead_makes_the_issuer_doubtful() -> None:
    head = HEAD.replace("Deneme Genel", "3 numaralı deneme ve ölçme servisi\nDeneme Genel")
    found = read(head=head).found["issuer_lines"]
    assert not found.sure
    assert read().found["issuer_lines"].sure


def test_a_quotation_may_have_words_above_it() -> None:
    letter = HEAD + BODY + TITLE + LISTED
    mail = "Sayın yetkili,\n\nyazı aşağıdadır:\n\nİyi çalışmalar\nA. B.\n\n"
    found = read_letter((mail + "".join(f"> {line}\n" for line in letter.splitlines())).encode(), "a.txt")
    assert found.number == "E-71037622-010.06.02-14829305"
    assert found.action_recipients == ["Adalet Bakanlığına", "Sağlık Bakanlığına"]


def test_references_on_one_line_are_several() -> None:
    line = "\nİlgi  : a) 01.02.2024 tarihli ve 114 sayılı yazı. b) 03.02.2024 tarihli ve 115 sayılı yazı.\n"
    assert read(references=line).references == [
        "01.02.2024 tarihli ve 114 sayılı yazı.",
        "03.02.2024 tarihli ve 115 sayılı yazı.",
    ]


@pytest.mark.parametrize(
    ("tail", "attachments"),
    [
        ("Ek-1: Rapor\nEk-2: Harita\n", ["Rapor", "Harita"]),
        ("Ek:\n1- RAPOR\nVE HARİTA\n2- FORM\n", ["RAPOR VE HARİTA", "FORM"]),
        ("İlişik: Rapor (2 Sayfa)\n", ["Rapor (2 Sayfa)"]),
        ("Ek : 1 Rapor\n     2 Harita\n", ["Rapor", "Harita"]),
        ("Ek : 1 Rapor / 2 Harita\n", ["Rapor", "Harita"]),
        ("Ek : 1 Adet CD\n", ["1 Adet CD"]),
        ("Ek : 1 Adet CD\n2 Sayfa Form\n", ["1 Adet CD", "2 Sayfa Form"]),
    ],
)
def test_attachments_have_many_forms(tail: str, attachments: list[str]) -> None:
    letter = read(tail + "\n" + LISTED)
    assert letter.attachments == attachments
    assert letter.action_recipients == ["Adalet Bakanlığına", "Sağlık Bakanlığına"]


def test_a_line_like_an_attachment_makes_none_doubtful() -> None:
    letter = read(f"İlişik 1 adet rapor\n\n{LISTED}")
    assert letter.attachments == [] and not letter.found["attachments"].sure
    assert read().found["attachments"].sure


@pytest.mark.parametrize(
    "footer",
    [
        "Belge Doğrulama Kodu:     Belge Takip Adresi: https://www.turkiye.gov.tr/x\n4D1A97BC-5E02-4C6B\n",
        "Belge Doğrulama Kodu:     4D1A97BC-5E02-4C6B     Belge Takip Adresi: https://www.turkiye.gov.tr/x\n",
        "Belge Doğrulama Kodu:\n4D1A97BC-5E02-4C6B\n",
    ],
    ids=["below", "beside", "alone"],
)
def test_a_code_stands_beside_or_below_its_label(footer: str) -> None:
    assert read(footer="\n" + footer).verification_code == "4D1A97BC-5E02-4C6B"


@pytest.mark.parametrize("between", ["     ", "  ", "\n"])
def test_groups_need_no_heading_above_them(between: str) -> None:
    letter = read(f"Gereği: Adalet Bakanlığına, Sağlık Bakanlığına{between}Bilgi: İçişleri Bakanlığına\n")
    assert letter.action_recipients == ["Adalet Bakanlığına", "Sağlık Bakanlığına"]
    assert letter.info_recipients == ["İçişleri Bakanlığına"]


def test_without_any_recipient_both_groups_are_doubtful() -> None:
    found = read("Gereği: Adalet Bakanlığı  Bilgi: İçişleri Bakanlığı\n").found
    assert not found["action_recipients"].sure and not found["info_recipients"].sure


def test_the_list_may_be_headed_by_places_to_distribute_to() -> None:
    letter = read(LISTED.replace("Dağıtım:", "DAĞITIM YAPILACAK YERLER:"))
    assert letter.action_recipients == ["Adalet Bakanlığına", "Sağlık Bakanlığına"]


def test_the_letterhead_of_a_list_page_is_no_recipient() -> None:
    page = "\f\nT.C.\nÖRNEK BAKANLIĞI\nDeneme Genel Müdürlüğü\n\nDAĞITIM LİSTESİ\n\n"
    letter = read("Dağıtım:\nDağıtım Listesi\n" + page + LISTED.partition("\n")[2])
    assert letter.action_recipients == ["Adalet Bakanlığına", "Sağlık Bakanlığına"]
    assert letter.info_recipients == []


def test_a_bank_of_the_state_above_a_list_page_is_a_recipient() -> None:
    page = "\f\n                DAĞITIM LİSTESİ (devamı)\n\n"
    letter = read("Dağıtım:\nT.C. Merkez Bankası Başkanlığına\n" + page + LISTED.partition("\n")[2])
    assert letter.action_recipients == [
        "T.C. Merkez Bankası Başkanlığına",
        "Adalet Bakanlığına",
        "Sağlık Bakanlığına",
    ]


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("81 Tl Valiliğine", "81 İl Valiliğine"),
        ("     Bakana.", "     Bakan a."),
        ("Genel Müdüra.", "Genel Müdür a."),
        ("Keyfiyet arz edilmiştir Sayın Bakana.", "Keyfiyet arz edilmiştir Sayın Bakana."),
        ("12 TL ödenir", "12 TL ödenir"),
        ("12 Tl ödenir", "12 Tl ödenir"),
    ],
)
def test_what_recognition_misread_is_put_right_only_where_it_is_sure(printed: str, meant: str) -> None:
    assert repaired(printed) == meant


@pytest.mark.parametrize("title", ["1. Sınıf Emniyet Müdürü", "2. Bölge Müdürü", "Hukuk Müşaviri"])
def test_a_title_may_have_an_ordinal(title: str) -> None:
    letter = read(title=f"{' ' * 66}{title}\n\n")
    assert letter.signatory_title_lines == [title]


@pytest.mark.parametrize(
    ("names", "titles", "sure"),
    [
        (("Ersin DİLBAZ", "Veli ÖZ", "Ali KAYA"), ("Daire Başkanı", "Müdür", "Şef"), True),
        (("Ali KAYA", "Veli ÖZ", "Ersin DİLBAZ"), ("Şef", "Müdür", "Daire Başkanı"), False),
        (("Ali KAYA", "Ersin DİLBAZ"), ("Şef", "Daire Başkanı"), True),
        (("Ersin DİLBAZ", "Ali KAYA"), ("Daire Başkanı", "Şef"), False),
    ],
)
def test_an_office_against_the_order_of_signers_is_doubtful(
    names: tuple[str, ...], titles: tuple[str, ...], sure: bool
) -> None:
    rows = ["".join(f"{each:<26}" for each in row) for row in (names, titles)]
    body = BODY.rpartition("\n\n")[0]
    letter = read_letter("\n".join([HEAD + body, "", *rows, "", LISTED + FOOTER]).encode(), "a.txt")
    assert letter.signatory_name == (names[0] if len(names) == 3 else names[1])
    assert letter.found["signatory_name"].sure is sure


def test_the_figures_of_a_table_are_no_circular_number() -> None:
    table = """
        İlgi yazı ile programın aşağıda gösterildiği gibi uygulanacağı bildirilmiştir.

        Sıra      Yer                        Başlangıç      Bitiş          Araç
        1         Alaca Kaymakamlığı önü     17.03.2025     19.03.2025     420
        2         İskilip Belediye garajı    20.03.2025     21.03.2025     265
        3         Sungurlu Ziraat Odası      27.03.2025     28.03.2025     510
"""
    letter = read(references="\nİlgi : 20.02.2024 tarihli ve 118 sayılı yazı.\n" + table)
    assert letter.circular_number is None
    assert "Sungurlu Ziraat Odası" in letter.body


@pytest.mark.parametrize(
    ("tail", "sure"),
    [("Ek: Liste\n", False), ("Ek:\n1- Rapor\n2- Liste\n", True), ("Ek: Ek Listesi\n", False)],
)
def test_a_list_among_attachments_is_one_of_them(tail: str, sure: bool) -> None:
    assert read(tail + "\n" + LISTED).found["attachments"].sure is sure


@pytest.mark.parametrize(
    ("number", "state", "sure"),
    [
        ("2024/1187", False, True),
        ("KKA-2024/2219-41", False, True),
        ("2024/1187", True, False),
        ("2019/1187", False, False),
        ("1187", False, False),
        ("E-85142079-045.02-2023/1452-8871", True, True),
        ("E-85142079-045.02", True, False),
        ("E-8514207-045.02-2023/1452", True, False),
    ],
)
def test_a_number_is_sure_if_its_shape_is_known(number: str, state: bool, sure: bool) -> None:
    head = HEAD.replace("E-71037622-010.06.02-14829305", number)
    letter = read(head=head if state else head.replace("T.C.\n", ""))
    assert letter.number == number
    assert letter.found["number"].sure is sure
